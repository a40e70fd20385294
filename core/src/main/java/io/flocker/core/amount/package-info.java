/// Amounts, in words that people read.
@NullMarked
package io.flocker.core.amount;

import org.jspecify.annotations.NullMarked;
