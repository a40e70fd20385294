/// The edge to the Linux kernel: what Java has no calls for.
@NullMarked
package io.flocker.agent.kernel;

import org.jspecify.annotations.NullMarked;
