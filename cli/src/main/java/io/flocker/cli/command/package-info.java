/// The commands users give, one file each.
@NullMarked
package io.flocker.cli.command;

import org.jspecify.annotations.NullMarked;
