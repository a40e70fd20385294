/// `flocker rollback`: what it is aimed at, and the command itself.
@NullMarked
package io.flocker.cli.command.rollback;

import org.jspecify.annotations.NullMarked;
