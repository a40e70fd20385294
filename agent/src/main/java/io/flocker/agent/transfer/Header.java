package io.flocker.agent.transfer;

import io.flocker.core.model.SnapshotId;
import java.util.Optional;

/// What a transfer begins with.
///
/// @param name of what is sent: a snapshot (`VOLUME@EPOCH.SEQUENCE`) or an image
/// @param base position of the snapshot that only the difference from is sent; empty for all of it
/// @param kind of the content: that of the sender's pool, or [#IMAGE]
/// @param estimatedBytes about how long the content will be; 0 if that is not known
record Header(String name, String base, String kind, long estimatedBytes) {
    /// What `docker save` writes.
    static final String IMAGE = "image";

    static Header of(SnapshotId snapshot, Optional<SnapshotId> base, String kind, long estimatedBytes) {
        return new Header(snapshot.toString(), base.map(SnapshotId::position).orElse(""), kind, estimatedBytes);
    }
}
