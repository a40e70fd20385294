/// The commands of `flocker certificate` and `flocker ca`.
@NullMarked
package io.flocker.cli.command.certificate;

import org.jspecify.annotations.NullMarked;
