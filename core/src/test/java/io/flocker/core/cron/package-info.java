@NullMarked
package io.flocker.core.cron;

import org.jspecify.annotations.NullMarked;
