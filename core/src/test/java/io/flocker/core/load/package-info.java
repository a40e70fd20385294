/// Tests of how busy everything is.
@NullMarked
package io.flocker.core.load;

import org.jspecify.annotations.NullMarked;
