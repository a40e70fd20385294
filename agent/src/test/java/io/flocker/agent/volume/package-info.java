@NullMarked
package io.flocker.agent.volume;

import org.jspecify.annotations.NullMarked;
