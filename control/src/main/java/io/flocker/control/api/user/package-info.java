/// The API of users, what they own, and what they did.
@NullMarked
package io.flocker.control.api.user;

import org.jspecify.annotations.NullMarked;
