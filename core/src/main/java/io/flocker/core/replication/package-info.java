/// Replicas of volumes: where they are kept, what they have, and how one of them takes over.
@NullMarked
package io.flocker.core.replication;

import org.jspecify.annotations.NullMarked;
