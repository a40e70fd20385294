/// What follows from the cluster's state and is kept beside it, so that nobody has to count.
@NullMarked
package io.flocker.core.ledger;

import org.jspecify.annotations.NullMarked;
