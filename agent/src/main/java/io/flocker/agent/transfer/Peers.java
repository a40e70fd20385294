package io.flocker.agent.transfer;

import io.flocker.core.model.SnapshotId;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// The agents of the other nodes, by address.
public interface Peers {
    /// A snapshot, as [Sender] sends it: as a difference from one of `here`, if there is one that fits.
    ///
    /// @param compressed whether all of it is to come as a Zstandard frame (RFC 8878)
    InputStream snapshot(String address, SnapshotId snapshot, List<SnapshotId> here, boolean compressed)
            throws IOException, InterruptedException;

    /// The content id of an image there; empty if it is not there.
    String image(String address, String name) throws IOException, InterruptedException;

    /// An image, as [Sender] sends it.
    InputStream archive(String address, String name) throws IOException, InterruptedException;
}
