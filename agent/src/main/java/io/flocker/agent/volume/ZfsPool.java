package io.flocker.agent.volume;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;

/// A ZFS dataset whose volumes are mounted below `ROOT/pool`: somebody's own that is mounted there, or a pool in the
/// sparse file `ROOT/pool.img`. Uses the kernel's ZFS; where there is none, the zfs-fuse daemon, started if needed.
final class ZfsPool implements Pool {
    private static final long LEAST_RESERVE_BYTES = 16 << 20;
    private static final Duration START_LIMIT = Duration.ofSeconds(15);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final long BUSY_PAUSE_NANOS = 200_000_000;

    private final Path directory;
    private final Path image;
    private final String dataset;
    private final boolean ours;

    private ZfsPool(Path directory, Path image, String dataset, boolean ours) {
        this.directory = directory;
        this.image = image;
        this.dataset = dataset;
        this.ours = ours;
    }

    static ZfsPool open(Path root, long bytes, long leastBytes) throws IOException {
        Path directory = Files.createDirectories(root.resolve("pool")).toRealPath();
        Path image = directory.resolveSibling("pool.img");
        Optional<Mount> mounted = Mount.own().stream()
                .filter(mount -> mount.point().equals(directory))
                .reduce((below, above) -> above);
        if (mounted.isPresent()) {
            if (!mounted.get().type().endsWith("zfs")) {
                throw new IOException("Could not open a ZFS pool at " + directory + ": a file system of type "
                        + mounted.get().type() + " is mounted there; unmount it or choose another directory");
            }
            return new ZfsPool(directory, image, mounted.get().source(), false);
        }
        startDaemonIfNeeded(image);
        String name = name(image);
        if (!pools().contains(name)) {
            importOrMake(name, image, bytes, leastBytes);
        }
        var pool = new ZfsPool(directory, image, name + "/flocker", true);
        if (!Datasets.below(pool.dataset).has(pool.dataset)) {
            pool.makeDataset();
        }
        return pool;
    }

    /// Unlike that of any other image on this machine.
    private static String name(Path image) {
        var sum = new CRC32();
        sum.update(image.toString().getBytes(StandardCharsets.UTF_8));
        return "flocker-%08x".formatted(sum.getValue());
    }

    private static void importOrMake(String name, Path image, long bytes, long leastBytes) throws IOException {
        if (Files.exists(image)) {
            Program.of("zpool", "import", "-d", image.resolveSibling("").toString(), name)
                    .run();
            return;
        }
        if (bytes < leastBytes) {
            throw new IOException("Could not make a pool of " + (bytes >> 20) + " MiB in " + image
                    + ": it takes at least " + (leastBytes >> 20)
                    + " MiB; free some space or choose another directory");
        }
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        try {
            Program.of("zpool", "create", "-O", "atime=off", "-m", "none", name, image.toString())
                    .run();
        } catch (IOException e) {
            Files.delete(image);
            throw e;
        }
    }

    /// With room left beside it: in a pool that is full to the brim ZFS cannot even take a snapshot.
    private void makeDataset() throws IOException {
        long free = Long.parseLong(Datasets.zfs("get", "-Hp", "-o", "value", "available", name(image))
                .strip());
        long reserve = Math.max(LEAST_RESERVE_BYTES, free / 64);
        Datasets.zfs("create", "-o", "mountpoint=none", "-o", "quota=" + (free - reserve), dataset);
    }

    private static List<String> pools() throws IOException {
        return Program.of("zpool", "list", "-H", "-o", "name").run().lines().toList();
    }

    private static boolean answers() throws IOException {
        return Program.of("zpool", "list").end().exitCode() == 0;
    }

    private static void startDaemonIfNeeded(Path image) throws IOException {
        if (answers()) {
            return;
        }
        // A daemon keeps what it inherits: it must not hold our pipes.
        Program.of(
                        "sh",
                        "-c",
                        "exec zfs-fuse --pidfile \"$0\" >/dev/null 2>&1",
                        pidFile(image).toString())
                .run();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("zfs-fuse was started, but did not answer within " + START_LIMIT.toSeconds()
                        + " s; look for its messages in the system log");
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Stopped while waiting for zfs-fuse", e);
        }
    }

    private static Path pidFile(Path image) {
        return image.resolveSibling("zfs-fuse.pid");
    }

    @Override
    public Path directory() {
        return directory;
    }

    /// The dataset that volumes are in.
    String dataset() {
        return dataset;
    }

    @Override
    public VolumeDriver driver() throws IOException {
        return new ZfsDriver(dataset, directory);
    }

    @Override
    public void close() throws IOException {
        if (ours && answers() && pools().contains(name(image))) {
            Program.of("zpool", "export", name(image)).run();
        }
        stopDaemonIfOurs();
    }

    @Override
    public void destroy() throws IOException {
        if (ours) {
            if (answers() && pools().contains(name(image))) {
                destroy(name(image));
            }
            Files.deleteIfExists(image);
        }
        stopDaemonIfOurs();
    }

    /// What was just unmounted keeps a pool busy for a moment.
    private static void destroy(String pool) throws IOException {
        Program destroy = Program.of("zpool", "destroy", pool);
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            Program.Ended ended = destroy.end();
            if (!ended.errors().contains("pool is busy")) {
                break;
            }
            LockSupport.parkNanos(BUSY_PAUSE_NANOS);
        }
        if (pools().contains(pool)) {
            destroy.run();
        }
    }

    /// Stops the daemon if this pool's owner started it and no other pool needs it.
    private void stopDaemonIfOurs() throws IOException {
        Path pidFile = pidFile(image);
        if (!Files.exists(pidFile) || (answers() && !pools().isEmpty())) {
            return;
        }
        long pid = Long.parseLong(Files.readString(pidFile).strip());
        Optional<ProcessHandle> daemon = ProcessHandle.of(pid)
                .filter(process -> process.info().command().orElse("").endsWith("/zfs-fuse"));
        if (daemon.isPresent()) {
            daemon.get().destroy();
            daemon.get()
                    .onExit()
                    .completeOnTimeout(daemon.get(), STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        }
        Files.deleteIfExists(pidFile);
    }
}
