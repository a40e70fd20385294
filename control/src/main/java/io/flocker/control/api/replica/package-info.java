/// The HTTP API of replicas and failovers.
@NullMarked
package io.flocker.control.api.replica;

import org.jspecify.annotations.NullMarked;
