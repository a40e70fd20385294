/// The commands about users: who they are, how they log in, and what they did.
@NullMarked
package io.flocker.cli.command.user;

import org.jspecify.annotations.NullMarked;
