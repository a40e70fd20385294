@NullMarked
package io.flocker.control.api.job;

import org.jspecify.annotations.NullMarked;
