/// The nouns of Flocker: what users declare ({@link io.flocker.core.model.ApplicationSpec}) and what the cluster
/// decides and remembers (environments, releases, instances, volumes, snapshots, checkpoints, operations).
@NullMarked
package io.flocker.core.model;

import org.jspecify.annotations.NullMarked;
