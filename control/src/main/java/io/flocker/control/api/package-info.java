/// The REST API: one list of endpoints, from which routes and the OpenAPI document both come.
@NullMarked
package io.flocker.control.api;

import org.jspecify.annotations.NullMarked;
