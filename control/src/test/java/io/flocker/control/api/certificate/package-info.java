/// Tests of certificates as users bring them.
@NullMarked
package io.flocker.control.api.certificate;

import org.jspecify.annotations.NullMarked;
