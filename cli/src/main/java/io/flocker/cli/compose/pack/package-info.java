/// Packing folders into archives: the contexts of builds, the seeds of volumes.
@NullMarked
package io.flocker.cli.compose.pack;

import org.jspecify.annotations.NullMarked;
