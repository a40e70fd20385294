/// Typed calls to the API, over mutual TLS.
@NullMarked
package io.flocker.client;

import org.jspecify.annotations.NullMarked;
