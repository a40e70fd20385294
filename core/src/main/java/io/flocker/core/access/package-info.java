/// Who may do what: users, their tokens, what they own, and what they did.
@NullMarked
package io.flocker.core.access;

import org.jspecify.annotations.NullMarked;
