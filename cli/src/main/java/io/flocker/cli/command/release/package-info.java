/// Releases of a service: the next one, those before, and how many instances run it.
@NullMarked
package io.flocker.cli.command.release;

import org.jspecify.annotations.NullMarked;
