/// Tests of the lease.
@NullMarked
package io.flocker.core.lease;

import org.jspecify.annotations.NullMarked;
