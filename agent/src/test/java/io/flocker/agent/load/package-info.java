/// Tests of what a node measures.
@NullMarked
package io.flocker.agent.load;

import org.jspecify.annotations.NullMarked;
