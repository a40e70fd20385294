/// A real server of one node on this machine, for tests and benchmarks.
@NullMarked
package io.flocker.verify.server;

import org.jspecify.annotations.NullMarked;
