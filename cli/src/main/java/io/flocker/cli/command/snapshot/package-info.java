/// The commands of `flocker snapshot`.
@NullMarked
package io.flocker.cli.command.snapshot;

import org.jspecify.annotations.NullMarked;
