package io.flocker.agent.volume;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// A btrfs file system at `ROOT/pool`: somebody's own, or one in the sparse file `ROOT/pool.img`.
final class BtrfsPool implements Pool {
    /// noatime: reading must not count as a change. discard: what is deleted goes back to the file system around.
    private static final String OPTIONS = "loop,noatime,discard=async";

    private final Path directory;
    private final Path image;

    private BtrfsPool(Path directory, Path image) {
        this.directory = directory;
        this.image = image;
    }

    static BtrfsPool open(Path root, long bytes, long leastBytes) throws IOException {
        Path directory = Files.createDirectories(root.resolve("pool")).toRealPath();
        var pool = new BtrfsPool(directory, root.resolve("pool.img"));
        Optional<Mount> mounted = pool.mounted();
        if (mounted.isPresent() && !mounted.get().type().equals("btrfs")) {
            throw new IOException("Could not open a btrfs pool at " + directory + ": a file system of type "
                    + mounted.get().type() + " is mounted there; unmount it or choose another directory");
        }
        if (mounted.isEmpty()) {
            if (!Files.exists(pool.image)) {
                pool.make(bytes, leastBytes);
            }
            pool.mount();
        }
        return pool;
    }

    private void make(long bytes, long leastBytes) throws IOException {
        if (bytes < leastBytes) {
            throw new IOException("Could not make a pool of " + (bytes >> 20) + " MiB in " + image
                    + ": it takes at least " + (leastBytes >> 20)
                    + " MiB; free some space or choose another directory");
        }
        try (var entries = Files.newDirectoryStream(directory)) {
            if (entries.iterator().hasNext()) {
                throw new IOException("Could not make a pool at " + directory
                        + ": there are files in it, and no file system is mounted there; move them away");
            }
        }
        Path fresh = image.resolveSibling(image.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh);
        if (Files.getFileStore(fresh).type().equals("btrfs")) {
            // Copying on write below a pool that copies on write does everything twice.
            Program.of("chattr", "+C", fresh.toString()).run();
        }
        try (var file = new RandomAccessFile(fresh.toFile(), "rw")) {
            file.setLength(bytes);
        }
        Program.of("mkfs.btrfs", "-q", "-f", "-L", "flocker", fresh.toString()).run();
        Files.move(fresh, image, StandardCopyOption.ATOMIC_MOVE);
    }

    private void mount() throws IOException {
        Program.of("mount", "-t", "btrfs", "-o", OPTIONS, image.toString(), directory.toString())
                .run();
        if (!Files.isDirectory(quotas())) {
            try {
                Subvolume.enableSimpleQuotas(directory);
            } catch (IOException e) {
                throw new IOException(e.getMessage() + "; limits on volumes take Linux 6.7 or newer", e);
            }
        }
    }

    private Path quotas() throws IOException {
        return Path.of("/sys/fs/btrfs", Subvolume.fileSystem(directory).toString(), "qgroups");
    }

    /// What is mounted at the pool's directory.
    private Optional<Mount> mounted() throws IOException {
        return Mount.own().stream()
                .filter(mount -> mount.point().equals(directory))
                .reduce((below, above) -> above);
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public VolumeDriver driver() throws IOException {
        return new BtrfsDriver(directory);
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(image) && mounted().isPresent()) {
            // The loop device was made by mount(8) and goes with the mount.
            Program.of("umount", directory.toString()).run();
        }
    }

    @Override
    public void destroy() throws IOException {
        close();
        Files.deleteIfExists(image);
    }
}
