@NullMarked
package io.flocker.core.balance;

import org.jspecify.annotations.NullMarked;
