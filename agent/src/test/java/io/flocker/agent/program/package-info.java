@NullMarked
package io.flocker.agent.program;

import org.jspecify.annotations.NullMarked;
