/// Backups off the cluster: what users ask for, passed on to nodes, and what nodes tell of it.
@NullMarked
package io.flocker.control.api.backup;

import org.jspecify.annotations.NullMarked;
