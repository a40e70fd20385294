package io.flocker.agent.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The storage that one node keeps its volumes in: found where it was left, or made in a sparse file. One owner at a
/// time.
public sealed interface Pool extends AutoCloseable permits BtrfsPool, ZfsPool {
    /// The least a pool may have.
    long LEAST_BYTES = 1L << 30;
    /// The most a pool gets by default.
    long MOST_DEFAULT_BYTES = 1L << 40;

    /// What a pool is made of.
    enum Kind {
        BTRFS,
        ZFS
    }

    /// Opens the pool at `root`/pool, or makes one of `bytes` in the file `root`/pool.img. A file system of that kind
    /// that is mounted at `root`/pool is used as it is.
    ///
    /// @param bytes 0 for most of what is free; has no effect on a pool that is there
    static Pool open(Path root, Kind kind, long bytes) throws IOException {
        Files.createDirectories(root);
        long size = bytes == 0 ? defaultBytes(root) : bytes;
        return switch (kind) {
            case BTRFS -> BtrfsPool.open(root, size, LEAST_BYTES);
            case ZFS -> ZfsPool.open(root, size, LEAST_BYTES);
        };
    }

    /// Four fifths of what is free, so that the file system around the pool has room left when the pool is full.
    private static long defaultBytes(Path root) throws IOException {
        long free = Files.getFileStore(root).getUsableSpace();
        return Math.min(free / 5 * 4, MOST_DEFAULT_BYTES) >> 20 << 20;
    }

    /// The directory that volumes are in.
    Path directory();

    /// A driver for its volumes.
    VolumeDriver driver() throws IOException;

    /// Unmounts it, if Flocker mounted it. Its volumes stay.
    @Override
    void close() throws IOException;

    /// Unmounts it and deletes it with all its volumes, if Flocker made it.
    void destroy() throws IOException;
}
