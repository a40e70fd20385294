/// Addresses of destinations, and folders.
@NullMarked
package io.flocker.agent.backup.store;

import org.jspecify.annotations.NullMarked;
