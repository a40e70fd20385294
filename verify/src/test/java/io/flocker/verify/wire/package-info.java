/// What goes over the wire and into the log stays readable.
@NullMarked
package io.flocker.verify.wire;

import org.jspecify.annotations.NullMarked;
