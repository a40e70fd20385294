package io.flocker.agent.backup.store;

import io.flocker.agent.backup.store.s3.BucketStore;
import io.flocker.client.api.Backups;
import java.io.IOException;

/// Opens destinations.
@FunctionalInterface
public interface Stores {
    /// The store at a destination, which the caller closes.
    ///
    /// @throws IOException if its address is wrong, or it is not there
    Store open(Backups.Destination destination) throws IOException;

    /// Folders and buckets.
    Stores ALL = destination -> switch (DestinationUrl.of(destination)) {
        case DestinationUrl.Folder folder -> new FolderStore(folder.path());
        case DestinationUrl.Bucket bucket -> BucketStore.open(bucket, destination.login());
    };
}
