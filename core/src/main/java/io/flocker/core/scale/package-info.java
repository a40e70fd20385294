/// How many instances services have that follow their load, from what nodes measure.
@NullMarked
package io.flocker.core.scale;

import org.jspecify.annotations.NullMarked;
