/// Waiting for the end of what a request started.
@NullMarked
package io.flocker.control.api.wait;

import org.jspecify.annotations.NullMarked;
