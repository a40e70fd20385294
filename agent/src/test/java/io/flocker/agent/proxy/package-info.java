@NullMarked
package io.flocker.agent.proxy;

import org.jspecify.annotations.NullMarked;
