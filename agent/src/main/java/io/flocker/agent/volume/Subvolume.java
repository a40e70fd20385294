package io.flocker.agent.volume;

import io.flocker.agent.kernel.Kernel;
import io.flocker.agent.kernel.KernelPipe;
import io.flocker.agent.program.Pipe;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/// A btrfs subvolume by its path. Calls the kernel as `linux/btrfs.h` describes; starts no program.
record Subvolume(Path path) {
    /// A subvolume's root directory always has this inode number (BTRFS_FIRST_FREE_OBJECTID).
    private static final long ROOT_INODE = 256;

    private static final int MAGIC = 0x94;
    private static final int PAGE = 4096;
    private static final long SUBVOL_CREATE = write(14, PAGE);
    private static final long SNAP_DESTROY = write(15, PAGE);
    private static final long SNAP_CREATE_V2 = write(23, PAGE);
    private static final long SEND = write(38, 72);
    private static final long QGROUP_LIMIT = read(43, 48);
    private static final long QUOTA_CTL = readWrite(40, 16);
    private static final long QGROUP_CREATE = write(42, 16);
    private static final long FS_INFO = read(31, 1024);
    private static final long GET_SUBVOL_INFO = read(60, 504);
    private static final long GET_SUBVOL_ROOTREF = readWrite(61, PAGE);
    private static final long INO_LOOKUP_USER = readWrite(62, PAGE);

    private static final long SEND_NO_DATA = 1;
    private static final long SEND_VERSION = 8;
    private static final long SEND_COMPRESSED = 16;
    private static final int STREAM_VERSION = 2;
    private static final long QUOTA_ENABLE_SIMPLE = 4;
    private static final long SNAPSHOT_READ_ONLY = 2;
    private static final long ROOT_READ_ONLY = 1;
    private static final long LIMIT_REFERENCED = 1;
    private static final long NO_LIMIT = -1;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final AddressLayout ADDRESS = ValueLayout.ADDRESS_UNALIGNED;

    /// What the kernel knows about a subvolume.
    ///
    /// @param generation of its last change
    /// @param madeAt the generation it was made in: a source is unchanged since if its own is not greater
    /// @param changedAt the generation of the last change to any of its files; taking a snapshot of it is none
    /// @param parent of what it is a snapshot
    /// @param received what it was where it was sent from; all zero if it was made here
    /// @param readOnly whether nobody can write it
    record Facts(
            long id,
            long generation,
            long madeAt,
            long changedAt,
            UUID uuid,
            UUID parent,
            UUID received,
            boolean readOnly) {
        /// Whether it is what it was when it was made: whoever makes a snapshot writable for a moment leaves this
        /// trace.
        boolean intact() {
            return readOnly && changedAt <= madeAt;
        }
    }

    /// Whether there is a subvolume at this path.
    boolean exists() throws IOException {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS) instanceof Long inode
                && inode == ROOT_INODE;
    }

    /// Makes it, empty.
    void create() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(PAGE);
            name(arguments, 8);
            Kernel.ioctl(directory(), "make the subvolume " + path, SUBVOL_CREATE, arguments);
        }
    }

    /// Makes a writable copy of it at `copy`.
    void cloneTo(Path copy) throws IOException {
        copyTo(new Subvolume(copy), 0, "clone " + path + " to " + copy);
    }

    /// Makes a read-only copy of it at `copy`; holds everything written before, and is durable on return.
    void snapshotTo(Path copy) throws IOException {
        copyTo(new Subvolume(copy), SNAPSHOT_READ_ONLY, "take the snapshot " + copy + " of " + path);
    }

    /// The same.
    ///
    /// @param settled run once, as soon as what is written from now on is not in the copy; as a rule a while before
    ///     the return, since the copy is in memory before it is on disk
    void snapshotTo(Path copy, Runnable settled) throws IOException {
        var watch = RootWatch.begin(this, new Subvolume(copy));
        var told = new AtomicBoolean();
        var ended = new AtomicBoolean();
        Thread.ofVirtual().start(() -> {
            if (watch.awaitReference(ended::get) && told.compareAndSet(false, true)) {
                settled.run();
            }
        });
        try {
            snapshotTo(copy);
        } finally {
            ended.set(true);
        }
        if (told.compareAndSet(false, true)) {
            settled.run();
        }
    }

    private void copyTo(Subvolume copy, long flags, String purpose) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(PAGE);
            arguments.set(LONG, 16, flags);
            copy.name(arguments, 56);
            Kernel.ioctlOn(copy.directory(), path, purpose, SNAP_CREATE_V2, arguments);
        }
    }

    /// What a stream of it holds.
    enum Sent {
        /// All that is needed to make it elsewhere; what is compressed stays so.
        ALL,
        /// The same, but of files' content only where and how long it is.
        NO_DATA
    }

    /// Lets `reading` read what `btrfs send` would write: a stream of version 2, or of 1 without data, that makes
    /// this read-only subvolume elsewhere, of nothing or of `base`. Without that program, as replication sends many
    /// small ones.
    void send(Optional<Subvolume> base, Sent sent, Pipe.Reading reading) throws IOException, InterruptedException {
        long from = base.isPresent() ? base.get().facts().id() : 0;
        KernelPipe.run(descriptor -> sendTo(descriptor, from, sent), reading);
    }

    private void sendTo(int descriptor, long base, Sent sent) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(72);
            arguments.set(LONG, 0, descriptor);
            if (base != 0) {
                // What it is a difference from may lend extents as well.
                arguments.set(LONG, 8, 1);
                arguments.set(ADDRESS, 16, arena.allocateFrom(ValueLayout.JAVA_LONG, base));
                arguments.set(LONG, 24, base);
            }
            arguments.set(LONG, 32, sent == Sent.NO_DATA ? SEND_NO_DATA : SEND_VERSION | SEND_COMPRESSED);
            arguments.set(ValueLayout.JAVA_INT_UNALIGNED, 40, sent == Sent.NO_DATA ? 0 : STREAM_VERSION);
            Kernel.ioctl(path, "send the subvolume " + path, SEND, arguments);
        }
    }

    /// Deletes it and the subvolumes nested in it; its space comes back later.
    void destroy() throws IOException {
        for (Subvolume inner : nested()) {
            inner.destroy();
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(PAGE);
            name(arguments, 8);
            Kernel.ioctl(directory(), "delete the subvolume " + path, SNAP_DESTROY, arguments);
        }
    }

    Facts facts() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(504);
            Kernel.ioctl(path, "read about the subvolume " + path, GET_SUBVOL_INFO, found);
            return new Facts(
                    found.get(LONG, 0),
                    found.get(LONG, 280),
                    found.get(LONG, 352),
                    found.get(LONG, 344),
                    uuid(found, 296),
                    uuid(found, 312),
                    uuid(found, 328),
                    (found.get(LONG, 288) & ROOT_READ_ONLY) != 0);
        }
    }

    /// The subvolumes directly inside this one, which its snapshots do not hold; at most 255 of them.
    List<Subvolume> nested() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(PAGE);
            try {
                Kernel.ioctl(path, "list what is nested in " + path, GET_SUBVOL_ROOTREF, found);
            } catch (IOException e) {
                // More than fit is reported as an error (EOVERFLOW), with the first 255 filled in.
                if (found.get(ValueLayout.JAVA_BYTE, PAGE - 8) == 0) {
                    throw e;
                }
            }
            int count = Byte.toUnsignedInt(found.get(ValueLayout.JAVA_BYTE, PAGE - 8));
            List<Subvolume> nested = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                nested.add(nested(arena, found.get(LONG, 8 + 16L * i), found.get(LONG, 16 + 16L * i)));
            }
            return nested;
        }
    }

    private Subvolume nested(Arena arena, long id, long directory) throws IOException {
        MemorySegment names = arena.allocate(PAGE);
        names.set(LONG, 0, directory);
        names.set(LONG, 8, id);
        Kernel.ioctl(path, "name what is nested in " + path, INO_LOOKUP_USER, names);
        return new Subvolume(path.resolve(names.getString(272)).resolve(names.getString(16)));
    }

    /// The most it may refer to, in bytes; 0 for no limit.
    void limit(long bytes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(48);
            arguments.set(LONG, 8, LIMIT_REFERENCED);
            arguments.set(LONG, 16, bytes == 0 ? NO_LIMIT : bytes);
            Kernel.ioctl(path, "limit " + path + " to " + bytes + " bytes", QGROUP_LIMIT, arguments);
        }
    }

    /// Turns simple quotas on in the file system that `directory` is in. What it held before counts as nothing.
    static void enableSimpleQuotas(Path directory) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(16);
            arguments.set(LONG, 0, QUOTA_ENABLE_SIMPLE);
            Kernel.ioctl(directory, "turn simple quotas on at " + directory, QUOTA_CTL, arguments);
        }
    }

    /// Deletes the quota group of a subvolume that is gone. The kernel refuses as long as it holds bytes, and
    /// since 6.11 as long as there is that subvolume.
    static void forgetQuota(Path directory, long id) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(16);
            arguments.set(LONG, 8, id);
            Kernel.ioctl(directory, "delete the quota group of subvolume " + id, QGROUP_CREATE, arguments);
        }
    }

    /// The identity of the file system that `directory` is in, as in `/sys/fs/btrfs`.
    static UUID fileSystem(Path directory) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(1024);
            Kernel.ioctl(directory, "read about the file system at " + directory, FS_INFO, found);
            return uuid(found, 16);
        }
    }

    /// Where it is, or is to be.
    Path directory() {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("A subvolume to make or delete has a directory: " + path);
        }
        return parent;
    }

    private void name(MemorySegment arguments, long offset) {
        byte[] name = String.valueOf(path.getFileName()).getBytes(StandardCharsets.UTF_8);
        if (name.length > 255) {
            throw new IllegalArgumentException("A subvolume's name has at most 255 bytes: " + path);
        }
        MemorySegment.copy(name, 0, arguments, ValueLayout.JAVA_BYTE, offset, name.length);
    }

    private static UUID uuid(MemorySegment from, long offset) {
        byte[] bytes = from.asSlice(offset, 16).toArray(ValueLayout.JAVA_BYTE);
        var hex = HexFormat.of();
        return new UUID(
                HexFormat.fromHexDigitsToLong(hex.formatHex(bytes, 0, 8)),
                HexFormat.fromHexDigitsToLong(hex.formatHex(bytes, 8, 16)));
    }

    private static long write(int number, int size) {
        return 1L << 30 | (long) size << 16 | MAGIC << 8 | number;
    }

    private static long read(int number, int size) {
        return 2L << 30 | (long) size << 16 | MAGIC << 8 | number;
    }

    static long readWrite(int number, int size) {
        return 3L << 30 | (long) size << 16 | MAGIC << 8 | number;
    }
}
