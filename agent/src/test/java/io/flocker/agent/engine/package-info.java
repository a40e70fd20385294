@NullMarked
package io.flocker.agent.engine;

import org.jspecify.annotations.NullMarked;
