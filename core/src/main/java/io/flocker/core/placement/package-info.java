/// What speaks for one node and against another, in points, and how that is explained.
@NullMarked
package io.flocker.core.placement;

import org.jspecify.annotations.NullMarked;
