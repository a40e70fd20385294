@NullMarked
package io.flocker.core.plan;

import org.jspecify.annotations.NullMarked;
