/// What monitoring reads: numbers about the cluster.
@NullMarked
package io.flocker.control.api.metric;

import org.jspecify.annotations.NullMarked;
