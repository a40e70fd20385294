/// Tests of the guard.
@NullMarked
package io.flocker.agent.guard;

import org.jspecify.annotations.NullMarked;
