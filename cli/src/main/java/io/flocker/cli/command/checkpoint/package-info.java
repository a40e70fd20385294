/// The commands of `flocker checkpoint`.
@NullMarked
package io.flocker.cli.command.checkpoint;

import org.jspecify.annotations.NullMarked;
