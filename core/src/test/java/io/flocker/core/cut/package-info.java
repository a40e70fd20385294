@NullMarked
package io.flocker.core.cut;

import org.jspecify.annotations.NullMarked;
