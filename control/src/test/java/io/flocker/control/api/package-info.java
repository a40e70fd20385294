@NullMarked
package io.flocker.control.api;

import org.jspecify.annotations.NullMarked;
