/// Commands about how load is spread, and why things are where they are.
@NullMarked
package io.flocker.cli.command.balance;

import org.jspecify.annotations.NullMarked;
