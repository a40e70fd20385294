/// Benchmarks of the planner with thousands of nodes: no server, no network, no disk.
@NullMarked
package io.flocker.verify.bench.scale;

import org.jspecify.annotations.NullMarked;
