/// Tests of metrics.
@NullMarked
package io.flocker.control.api.metric;

import org.jspecify.annotations.NullMarked;
