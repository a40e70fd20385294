/// The nouns of Flocker that the cluster decides and remembers: environments, releases, instances, volumes, snapshots,
/// checkpoints, operations. What users declare is in [io.flocker.core.spec].
@NullMarked
package io.flocker.core.model;

import org.jspecify.annotations.NullMarked;
