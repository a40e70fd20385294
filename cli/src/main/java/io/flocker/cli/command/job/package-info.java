/// Commands about jobs and their runs.
@NullMarked
package io.flocker.cli.command.job;

import org.jspecify.annotations.NullMarked;
