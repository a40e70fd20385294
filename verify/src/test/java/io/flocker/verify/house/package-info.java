/// Checks of the source tree itself: who may use what, how it is written, whether the docs still tell the truth.
@NullMarked
package io.flocker.verify.house;

import org.jspecify.annotations.NullMarked;
