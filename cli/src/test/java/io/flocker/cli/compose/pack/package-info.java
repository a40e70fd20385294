@NullMarked
package io.flocker.cli.compose.pack;

import org.jspecify.annotations.NullMarked;
