/// The commands that pass on streams: logs, events, and commands run inside instances.
@NullMarked
package io.flocker.cli.command.stream;

import org.jspecify.annotations.NullMarked;
