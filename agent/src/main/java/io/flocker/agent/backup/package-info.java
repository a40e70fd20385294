/// Backups: snapshots of volumes as encrypted chunks in a destination outside of the cluster, and back again.
@NullMarked
package io.flocker.agent.backup;

import org.jspecify.annotations.NullMarked;
