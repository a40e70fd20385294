/// Volumes in a pool: one driver for each kind of pool, one contract for all.
@NullMarked
package io.flocker.agent.volume;

import org.jspecify.annotations.NullMarked;
