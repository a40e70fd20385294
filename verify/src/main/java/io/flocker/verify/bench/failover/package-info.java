/// Benchmarks of replicas and failovers.
@NullMarked
package io.flocker.verify.bench.failover;

import org.jspecify.annotations.NullMarked;
