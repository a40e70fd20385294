/// The whole cluster in one thread and virtual time: the real planners and state machine, simulated nodes and network,
/// one seed.
@NullMarked
package io.flocker.verify.sim;

import org.jspecify.annotations.NullMarked;
