/// The one place the cluster changes: {@link io.flocker.core.cluster.ClusterState#after}.
@NullMarked
package io.flocker.core.cluster;

import org.jspecify.annotations.NullMarked;
