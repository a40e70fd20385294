/// Calls over the Unix socket, answered well, badly and not at all.
@NullMarked
package io.flocker.client;

import org.jspecify.annotations.NullMarked;
