/// Times, lengths of time and amounts of bytes as users write and read them.
@NullMarked
package io.flocker.cli.amount;

import org.jspecify.annotations.NullMarked;
