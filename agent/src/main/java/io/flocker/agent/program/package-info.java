/// The edge to other programs on this machine.
@NullMarked
package io.flocker.agent.program;

import org.jspecify.annotations.NullMarked;
