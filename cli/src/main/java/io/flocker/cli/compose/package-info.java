/// Reads Compose files: files in, the application they describe and its environment's name out.
@NullMarked
package io.flocker.cli.compose;

import org.jspecify.annotations.NullMarked;
