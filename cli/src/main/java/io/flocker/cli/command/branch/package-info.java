/// `flocker env`: environments as branches of each other.
@NullMarked
package io.flocker.cli.command.branch;

import org.jspecify.annotations.NullMarked;
