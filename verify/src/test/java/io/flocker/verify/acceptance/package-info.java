/// The product as its users meet it: the real command line, daemon, engine, pool and proxy.
@NullMarked
package io.flocker.verify.acceptance;

import org.jspecify.annotations.NullMarked;
