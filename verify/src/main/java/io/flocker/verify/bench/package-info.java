/// Benchmarks, each beside what it is compared with: `./bench`.
@NullMarked
package io.flocker.verify.bench;

import org.jspecify.annotations.NullMarked;
