@NullMarked
package io.flocker.control.log;

import org.jspecify.annotations.NullMarked;
