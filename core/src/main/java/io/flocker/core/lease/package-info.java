/// The lease a node writes under, as pure functions: its lengths, the node's side and the leader's side.
@NullMarked
package io.flocker.core.lease;

import org.jspecify.annotations.NullMarked;
