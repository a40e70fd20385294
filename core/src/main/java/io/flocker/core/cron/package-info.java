/// When schedules are due: the one place that knows the library for cron expressions.
@NullMarked
package io.flocker.core.cron;

import org.jspecify.annotations.NullMarked;
