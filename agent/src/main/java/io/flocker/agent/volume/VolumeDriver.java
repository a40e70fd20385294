package io.flocker.agent.volume;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Where volumes live. Every method may be repeated after a crash at any moment, its own included: it then goes on
/// from what is really there. Callers never run two methods for one volume at a time; different volumes may overlap.
public interface VolumeDriver {
    /// Everything in the pool that is a volume of ours, whoever made it. Half-made things are not listed.
    TreePMap<String, StoredVolume> list() throws IOException;

    /// One of those that [#list] lists; looks at no other.
    Optional<StoredVolume> find(String volume) throws IOException;

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

    /// Writes to disk what was written to these volumes' heads, so that snapshots soon after have little left to write.
    void flush(Collection<String> volumes) throws IOException;

    /// Takes a snapshot of the head. Durable on return; does nothing if it exists.
    ///
    /// @throws IOException if the head is not of the snapshot's epoch
    default void snapshot(SnapshotId snapshot) throws IOException {
        snapshot(snapshot, Optional.empty());
    }

    /// The same, for whoever stands still meanwhile.
    ///
    /// @param settled run once, by any thread, as soon as nothing that is written from now on can come to be in the
    ///     snapshot, and before the return; it is not durable by then, and taking it may still fail
    void snapshot(SnapshotId snapshot, Optional<Runnable> settled) throws IOException;

    /// What kind of stream [#send] writes: pools understand those of their own kind only.
    String kind();

    /// The best base for sending `snapshot` to a pool that has `shared`; empty if all of it must be sent.
    ///
    /// @param shared snapshots of the same volume, which may or may not be here
    Optional<SnapshotId> base(SnapshotId snapshot, Collection<SnapshotId> shared) throws IOException;

    /// About how many bytes [#send] will write; 0 if that would take long to tell.
    long estimate(SnapshotId snapshot, Optional<SnapshotId> base) throws IOException;

    /// Writes a snapshot to `out`, or only its difference from `base`. Deleting one of them meanwhile
    /// fails or breaks it off. Ends at once when its thread is interrupted or `out` breaks off.
    ///
    /// @param base one that [#base] chose
    /// @throws IOException if one of them is not here
    void send(SnapshotId snapshot, Optional<SnapshotId> base, OutputStream out)
            throws IOException, InterruptedException;

    /// Adds a snapshot from what [#send] wrote on another node. Durable on return; does nothing, and reads nothing,
    /// if it exists. One that breaks off or fails leaves nothing.
    ///
    /// @param in read to its end; one that throws is one that broke off
    /// @throws IOException if the base is not here, the stream is damaged, the pool is full, or the volume's head
    ///     here is of this epoch or a higher one
    void receive(SnapshotId snapshot, Optional<SnapshotId> base, InputStream in)
            throws IOException, InterruptedException;

    /// Gives up the head: another node has one of a higher epoch, which began with `last`. What was written
    /// to this one after `last` is kept as the next free number of its own epoch. Snapshots stay, but for
    /// those that were taken here after `last` while nothing changed, where the pool can tell. Does nothing
    /// if there is none. Durable on return.
    ///
    /// @throws IOException if the head is in use, naming the process, or `last` is not here
    void dropHead(String volume, SnapshotId last) throws IOException;

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

    /// The files of `volume`'s head that are otherwise than in a snapshot of it. May take ten seconds.
    ///
    /// @param most so many of them at most
    /// @throws IOException if the snapshot is not here, the volume has no head here, or the pool cannot tell
    FileChanges changes(SnapshotId since, int most) throws IOException;

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
