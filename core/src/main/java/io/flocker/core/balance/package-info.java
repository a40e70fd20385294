/// Spreading load over nodes: what would have to move, whether that pays, and when it may.
@NullMarked
package io.flocker.core.balance;

import org.jspecify.annotations.NullMarked;
