/// Following an operation: what happens to each service until it is done.
@NullMarked
package io.flocker.cli.follow;

import org.jspecify.annotations.NullMarked;
