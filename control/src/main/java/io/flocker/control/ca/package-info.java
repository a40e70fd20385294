/// The cluster's certificate authority.
@NullMarked
package io.flocker.control.ca;

import org.jspecify.annotations.NullMarked;
