package io.flocker.agent.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The quota groups of a btrfs file system, one for each subvolume it ever had.
///
/// Simple quotas charge who wrote: the group of a subvolume that was deleted while a snapshot of it lives holds bytes,
/// and is left over when those go. So every snapshot that was received, and every head that was kept, would leave one
/// for ever.
final class BtrfsQuotas {
    /// After so many deleted snapshots it is looked for what they left.
    private static final int SWEEP_EVERY = 500;

    /// What reading a file of a group says that is being removed: ENODEV.
    private static final String GOING = "No such device";

    private final Path pool;
    private final Path groups;
    private final AtomicInteger deleted = new AtomicInteger();
    private volatile Set<String> emptyBefore = Set.of();

    /// Of the file system that `pool` is in.
    BtrfsQuotas(Path pool) throws IOException {
        this.pool = pool;
        groups = Path.of("/sys/fs/btrfs", Subvolume.fileSystem(pool).toString(), "qgroups");
    }

    boolean areOn() {
        return Files.isDirectory(groups);
    }

    /// A number of a subvolume's group, in bytes; 0 if there is none.
    long bytes(Subvolume subvolume, String property) throws IOException {
        return bytes(groups.resolve("0_" + subvolume.facts().id()), property);
    }

    private static long bytes(Path group, String property) throws IOException {
        try {
            return Math.max(
                    0,
                    Long.parseUnsignedLong(
                            Files.readString(group.resolve(property)).strip()));
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            if (GOING.equals(e.getMessage())) {
                return 0;
            }
            throw e;
        }
    }

    /// A snapshot was deleted.
    void snapshotDeleted() throws IOException {
        if (deleted.incrementAndGet() % SWEEP_EVERY == 0) {
            sweep();
        }
    }

    /// Deletes the groups that hold nothing. A subvolume holds at least its root; one that is being made may show
    /// nothing for a moment, so except at the beginning, when none is made, it takes two looks.
    void sweep() throws IOException {
        Set<String> empty = new HashSet<>();
        for (Path group : new Tree(groups).entries()) {
            String name = String.valueOf(group.getFileName());
            if (name.matches("0_[0-9]{1,18}") && bytes(group, "referenced") == 0) {
                empty.add(name);
            }
        }
        for (String name : empty) {
            if (deleted.get() == 0 || emptyBefore.contains(name)) {
                try {
                    Subvolume.forgetQuota(pool, Long.parseLong(name.substring(2)));
                } catch (IOException e) {
                    // It went by itself, or holds something again: the next sweep looks again.
                }
            }
        }
        emptyBefore = empty;
    }
}
