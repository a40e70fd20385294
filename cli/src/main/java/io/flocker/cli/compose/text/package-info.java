/// YAML text as trees whose every value knows its file, line and column, and how values are read from them with
/// complaints instead of exceptions.
@NullMarked
package io.flocker.cli.compose.text;

import org.jspecify.annotations.NullMarked;
