package io.flocker.agent.volume;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.nio.file.Path;
import org.pcollections.TreePMap;

/// Where volumes live. Every method may be repeated after a crash at any moment, its own included: it then goes on
/// from what is really there. Callers never run two methods for one volume at a time; different volumes may overlap.
public interface VolumeDriver {
    /// Everything in the pool that is a volume of ours, whoever made it. Half-made things are not listed.
    TreePMap<String, StoredVolume> list() throws IOException;

    /// Gives `volume` the writable head that `head` describes: empty and then filled by `filler`, or a clone of
    /// `head.base()`. A head of a lower epoch becomes the snapshot `head.keep()`, its content never lost; a head of
    /// this epoch stays as it is. The new head appears in one atomic change, complete, durable and without a limit.
    ///
    /// If `head.keep()` is absent or of another epoch than the head that is here, that head is kept all the same,
    /// as the next free number of its own epoch: history the cluster has not heard of, which [#list] shows.
    ///
    /// @throws IOException if the base is not here, the pool is full, the present head is in use, or it is of a
    ///     higher epoch
    void makeHead(String volume, Head head, Filler filler) throws IOException;

    /// The most `volume`'s head may hold, in bytes; 0 for no limit.
    void limit(String volume, long bytes) throws IOException;

    /// Takes a snapshot of the head. Durable on return; does nothing if it exists.
    ///
    /// @throws IOException if the head is not of the snapshot's epoch
    void snapshot(SnapshotId snapshot) throws IOException;

    /// Deletes a snapshot; does nothing if there is none. Clones made of it live on. After a power cut it may be
    /// there again.
    void deleteSnapshot(SnapshotId snapshot) throws IOException;

    /// Deletes the volume, its head and all its snapshots; does nothing if there is none.
    ///
    /// @throws IOException if the head is in use, naming the process
    void delete(String volume) throws IOException;

    /// Where the head is (or will be) mounted.
    Path headPath(String volume);

    /// Space taken by `volume`. May cost time in proportion to its extents: on demand, not in a loop.
    Usage usage(String volume) throws IOException;

    /// The pool's space.
    Capacity capacity() throws IOException;

    /// Puts the first content into a new head.
    @FunctionalInterface
    interface Filler {
        /// Called with the still hidden directory of the head; called again from the start after a crash.
        void fill(Path directory) throws IOException;

        Filler NOTHING = directory -> {};
    }

    /// Space a volume takes.
    ///
    /// @param usedBytes what the head refers to
    /// @param exclusiveBytes what deleting the volume, with its snapshots, would give back
    record Usage(long usedBytes, long exclusiveBytes) {}

    /// Space a pool has.
    record Capacity(long totalBytes, long freeBytes) {}
}
