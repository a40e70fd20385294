/// Load that is spread: a cluster whose load is known, moves that take as long as their data, one seed.
@NullMarked
package io.flocker.verify.sim.balance;

import org.jspecify.annotations.NullMarked;
