/// Schedules: when they are due, and how their runs get on.
@NullMarked
package io.flocker.core.schedule;

import org.jspecify.annotations.NullMarked;
