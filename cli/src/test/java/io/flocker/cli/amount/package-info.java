/// Tests.
@NullMarked
package io.flocker.cli.amount;

import org.jspecify.annotations.NullMarked;
