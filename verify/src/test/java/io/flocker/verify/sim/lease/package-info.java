/// The lease by itself: machines whose clocks run fast or slow, leaders that are deposed, one volume, one seed.
@NullMarked
package io.flocker.verify.sim.lease;

import org.jspecify.annotations.NullMarked;
