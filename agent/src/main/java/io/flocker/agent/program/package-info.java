/// The edge to other programs on this machine, and what streams to and from them need.
@NullMarked
package io.flocker.agent.program;

import org.jspecify.annotations.NullMarked;
