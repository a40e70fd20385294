/// `flocker top`: what is busy.
@NullMarked
package io.flocker.cli.command.top;

import org.jspecify.annotations.NullMarked;
