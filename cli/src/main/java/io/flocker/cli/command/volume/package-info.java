/// The commands of `flocker volume`.
@NullMarked
package io.flocker.cli.command.volume;

import org.jspecify.annotations.NullMarked;
