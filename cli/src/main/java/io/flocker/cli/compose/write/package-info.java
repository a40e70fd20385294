/// An application as the text of a Compose file: canonical and deterministic.
@NullMarked
package io.flocker.cli.compose.write;

import org.jspecify.annotations.NullMarked;
