/// Replication and failover on real servers.
@NullMarked
package io.flocker.verify.acceptance.failover;

import org.jspecify.annotations.NullMarked;
