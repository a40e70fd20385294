/// Tests of the Compose reader.
@NullMarked
package io.flocker.cli.compose;

import org.jspecify.annotations.NullMarked;
