/// Load that is spread on real servers.
@NullMarked
package io.flocker.verify.acceptance.balance;

import org.jspecify.annotations.NullMarked;
