package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the kernel's tree of subvolumes for a snapshot that is being taken. The call that takes it returns once it
/// is on disk; what it shows is settled earlier. The kernel first copies the root of what it is taken of, from where
/// on every change goes elsewhere, then adds a reference to the copy by its name, and lets nobody else change the file
/// system meanwhile (`create_pending_snapshot`, fs/btrfs/transaction.c). So whoever sees the reference knows that
/// the snapshot is settled.
///
/// The tree is searched as it is in memory, by `BTRFS_IOC_TREE_SEARCH_V2`; on disk it is a list of root references
/// (docs.kernel.org, btrfs on-disk format): directory's inode, sequence, length of the name, name.
final class RootWatch {
    private static final Logger log = LoggerFactory.getLogger(RootWatch.class);

    private static final long TREE_SEARCH_V2 = Subvolume.readWrite(17, 112);
    private static final long ROOT_TREE = 1;
    private static final int ROOT_REF = 156;
    private static final int KEY = 104;
    private static final int RESULTS = KEY + 8;
    private static final int RESULTS_BYTES = 1 << 14;
    private static final int HEADER = 32;
    private static final long POLL_NANOS = 300_000;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final Subvolume snapshot;
    private final byte[] name;
    private final long directory;
    /// The subvolume that the snapshot's directory is in.
    private final long parent;
    /// Subvolumes up to this id have been looked at; a new one has the next free id.
    private long seen;

    private RootWatch(Subvolume snapshot, long directory, long parent, long seen) {
        this.snapshot = snapshot;
        this.name = String.valueOf(snapshot.path().getFileName()).getBytes(StandardCharsets.UTF_8);
        this.directory = directory;
        this.parent = parent;
        this.seen = seen;
    }

    /// To be called before the snapshot is taken; passes over what is there.
    static RootWatch begin(Subvolume source, Subvolume snapshot) throws IOException {
        var watch = new RootWatch(
                snapshot,
                (Long) Files.getAttribute(snapshot.directory(), "unix:ino"),
                new Subvolume(snapshot.directory()).facts().id(),
                source.facts().id());
        watch.look();
        return watch;
    }

    /// Waits for the reference to the snapshot.
    ///
    /// @param given up once this is true
    /// @return whether it was seen
    boolean awaitReference(BooleanSupplier given) {
        try {
            while (!given.getAsBoolean()) {
                if (look()) {
                    return true;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        } catch (IOException e) {
            // It is settled when it is taken, at the latest.
            log.atDebug().addKeyValue("reason", e.getMessage()).log("A snapshot cannot be seen before it is on disk");
        }
        return false;
    }

    /// Looks through all references that are new.
    private boolean look() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment search = arena.allocate(RESULTS + RESULTS_BYTES);
            while (true) {
                int found = search(search);
                if (found == 0) {
                    return false;
                }
                long offset = RESULTS;
                for (int i = 0; i < found; i++) {
                    seen = search.get(LONG, offset + 16);
                    if (isWanted(search.asSlice(offset + HEADER, search.get(INT, offset + 28)))) {
                        return true;
                    }
                    offset += HEADER + search.get(INT, offset + 28);
                }
            }
        }
    }

    private int search(MemorySegment search) throws IOException {
        search.set(LONG, 0, ROOT_TREE);
        search.set(LONG, 8, parent);
        search.set(LONG, 16, parent);
        search.set(LONG, 24, seen + 1);
        search.set(LONG, 32, -1);
        search.set(LONG, 40, 0);
        search.set(LONG, 48, -1);
        search.set(INT, 56, ROOT_REF);
        search.set(INT, 60, ROOT_REF);
        search.set(INT, 64, Integer.MAX_VALUE);
        search.set(LONG, KEY, RESULTS_BYTES);
        Kernel.ioctl(snapshot.directory(), "look for the snapshot " + snapshot.path(), TREE_SEARCH_V2, search);
        return search.get(INT, 64);
    }

    private boolean isWanted(MemorySegment reference) {
        return reference.get(LONG, 0) == directory
                && reference.get(SHORT, 16) == name.length
                && reference.asSlice(18, name.length).mismatch(MemorySegment.ofArray(name)) < 0;
    }
}
