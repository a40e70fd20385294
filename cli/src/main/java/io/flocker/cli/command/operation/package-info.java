/// The commands of `flocker op`.
@NullMarked
package io.flocker.cli.command.operation;

import org.jspecify.annotations.NullMarked;
