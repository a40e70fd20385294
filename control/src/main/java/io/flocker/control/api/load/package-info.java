/// What the API tells of how busy everything is.
@NullMarked
package io.flocker.control.api.load;

import org.jspecify.annotations.NullMarked;
