/// How many changes the API takes at a time.
@NullMarked
package io.flocker.control.api.admission;

import org.jspecify.annotations.NullMarked;
