/// Traffic: the proxy process of one node, apart from the JVM.
@NullMarked
package io.flocker.agent.proxy;

import org.jspecify.annotations.NullMarked;
