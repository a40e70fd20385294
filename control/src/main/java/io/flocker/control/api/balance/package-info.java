/// Calls about how load is spread, and why things are where they are.
@NullMarked
package io.flocker.control.api.balance;

import org.jspecify.annotations.NullMarked;
