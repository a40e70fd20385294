@NullMarked
package io.flocker.verify.transfer;

import org.jspecify.annotations.NullMarked;
