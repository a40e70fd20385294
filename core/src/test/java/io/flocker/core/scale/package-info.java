@NullMarked
package io.flocker.core.scale;

import org.jspecify.annotations.NullMarked;
