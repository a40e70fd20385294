/// Commands about schedules.
@NullMarked
package io.flocker.cli.command.schedule;

import org.jspecify.annotations.NullMarked;
