/// Tests of what is kept beside the state.
@NullMarked
package io.flocker.core.ledger;

import org.jspecify.annotations.NullMarked;
