/// Benchmarks of several servers.
@NullMarked
package io.flocker.verify.bench.cluster;

import org.jspecify.annotations.NullMarked;
