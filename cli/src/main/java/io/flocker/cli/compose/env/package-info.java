/// Variables: where their values come from (the environment, `.env` files) and how `${…}` is replaced by them.
@NullMarked
package io.flocker.cli.compose.env;

import org.jspecify.annotations.NullMarked;
