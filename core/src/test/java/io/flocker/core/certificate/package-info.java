/// Tests of certificates of host names.
@NullMarked
package io.flocker.core.certificate;

import org.jspecify.annotations.NullMarked;
