/// Certificates of host names: what of them is due, and what becomes of them.
@NullMarked
package io.flocker.core.certificate;

import org.jspecify.annotations.NullMarked;
