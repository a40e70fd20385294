/// A node of a cluster: making one, and running it.
@NullMarked
package io.flocker.cli.daemon;

import org.jspecify.annotations.NullMarked;
