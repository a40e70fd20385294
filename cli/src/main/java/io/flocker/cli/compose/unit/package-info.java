/// The small languages inside Compose's values: sizes, durations, command lines.
@NullMarked
package io.flocker.cli.compose.unit;

import org.jspecify.annotations.NullMarked;
