/// How busy nodes, instances and volumes are: what nodes measure, smoothed over minutes, with a bounded history.
@NullMarked
package io.flocker.core.load;

import org.jspecify.annotations.NullMarked;
