/// The commands of `flocker node`.
@NullMarked
package io.flocker.cli.command.node;

import org.jspecify.annotations.NullMarked;
