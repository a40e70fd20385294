/// Certificates of host names: users' own, and those that the cluster makes.
@NullMarked
package io.flocker.control.api.certificate;

import org.jspecify.annotations.NullMarked;
