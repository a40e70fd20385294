/// Where backups are kept: folders, and what every destination can do.
@NullMarked
package io.flocker.agent.backup.store;

import org.jspecify.annotations.NullMarked;
