/// A checkpoint of volumes on several nodes as one consistent cut: an instant at which all of their writers stood
/// still.
@NullMarked
package io.flocker.core.cut;

import org.jspecify.annotations.NullMarked;
