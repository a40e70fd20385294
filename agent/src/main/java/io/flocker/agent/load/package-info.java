/// What a node measures of itself and of what it runs.
@NullMarked
package io.flocker.agent.load;

import org.jspecify.annotations.NullMarked;
