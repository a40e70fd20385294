@NullMarked
package io.flocker.core.schedule;

import org.jspecify.annotations.NullMarked;
