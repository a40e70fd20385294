/// The commands of `flocker backup`, and `flocker restore`.
@NullMarked
package io.flocker.cli.command.backup;

import org.jspecify.annotations.NullMarked;
