/// What users declare: an [io.flocker.core.spec.ApplicationSpec] and all that is in it.
@NullMarked
package io.flocker.core.spec;

import org.jspecify.annotations.NullMarked;
