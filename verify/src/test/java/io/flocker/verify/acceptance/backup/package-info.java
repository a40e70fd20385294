/// Backups off the cluster, and volumes made of them.
@NullMarked
package io.flocker.verify.acceptance.backup;

import org.jspecify.annotations.NullMarked;
