/// The bodies of the API's requests and answers.
@NullMarked
package io.flocker.client.api;

import org.jspecify.annotations.NullMarked;
