/// The commands of `flocker token`.
@NullMarked
package io.flocker.cli.command.token;

import org.jspecify.annotations.NullMarked;
