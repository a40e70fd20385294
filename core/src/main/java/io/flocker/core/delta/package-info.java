/// What is another one since, in place of the whole: what nodes are told again and again.
@NullMarked
package io.flocker.core.delta;

import org.jspecify.annotations.NullMarked;
