/// A cluster that goes on although the majority of its voters is lost.
@NullMarked
package io.flocker.control.api.recover;

import org.jspecify.annotations.NullMarked;
