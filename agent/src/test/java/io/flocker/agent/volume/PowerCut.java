package io.flocker.agent.volume;

import io.flocker.agent.program.Program;
import io.flocker.agent.transfer.Receiver;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A pool that receives one snapshot after the other of a volume that is written to, and what its disk holds at any
/// instant: its backing file is cloned while it is written (FICLONE), which is what a power cut leaves. The backing
/// file is in a btrfs file system of its own, as not every one can clone a file.
final class PowerCut implements AutoCloseable {
    private static final String VOLUME = "data";
    private static final long OUTER_BYTES = 8L << 30;
    private static final long BYTES = 512 << 20;
    private static final int FILES = 120;
    private static final int MOST_FILE_BYTES = 32 << 10;

    private static final int WRITE_MILLIS = 5;

    /// A cut comes after so many steps of the receiving driver at most, or after so many microseconds.
    private static final int MOST_STEPS = 16;

    private static final int MOST_MICROSECONDS = 300_000;

    /// So many snapshots are kept on both sides.
    private static final int KEPT = 8;

    private static final int UNMOUNTS = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path root;
    private final SplittableRandom random;
    private final Pool outer;
    private final Pool sending;
    private final Pool receiving;
    private final VolumeDriver sender;
    private final VolumeDriver receiver;
    private final NearSender peers;
    private final Map<Long, String> digests = new ConcurrentHashMap<>();
    /// What was acknowledged and is not on its way out.
    private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger stepsLeft = new AtomicInteger(-1);
    private final SynchronousQueue<String> standing = new SynchronousQueue<>();
    private final SynchronousQueue<String> goingOn = new SynchronousQueue<>();
    private volatile String step = "";
    private volatile boolean closed;
    private volatile String failure = "";
    private int images;

    /// @param placement what the receiving pool does with what was received; empty for what the driver does
    PowerCut(Path root, long seed, Optional<BtrfsTransfer.Placement> placement) throws IOException {
        this.root = root;
        random = new SplittableRandom(seed);
        outer = BtrfsPool.open(root.resolve("outer"), OUTER_BYTES, BYTES);
        // A clone must be without copying on write as well, as the pool's file is there.
        Path folder = Files.createDirectory(outer.directory().resolve("images"));
        Program.of("chattr", "+C", folder.toString()).run();
        sending = BtrfsPool.open(root.resolve("sending"), BYTES, BYTES);
        receiving = BtrfsPool.open(outer.directory().resolve("receiving"), BYTES, BYTES);
        sender = sending.driver();
        Path pool = receiving.directory();
        CrashPoint steps = this::passed;
        receiver = placement.isEmpty()
                ? new BtrfsDriver(pool, steps)
                : new BtrfsDriver(
                        pool,
                        steps,
                        new BtrfsTransfer(pool.resolve("volumes"), pool.resolve("incoming"), steps, placement.get()));
        peers = new NearSender(sender);
    }

    /// The receiving driver stands still here for as long as the power is being cut.
    private void passed(String done) {
        step = done;
        if (stepsLeft.getAndDecrement() == 0) {
            try {
                standing.put(done);
                goingOn.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Begins to write and to send; returns once a first snapshot is received.
    void begin() throws IOException, InterruptedException {
        sender.makeHead(VOLUME, new Head(1, "node", Optional.empty(), Optional.empty()), directory -> {
            for (int file = 0; file < FILES; file++) {
                write(directory, file, random);
            }
        });
        start("writing", random.split(), this::write);
        start("replicating", random.split(), this::replicate);
        while (acknowledged.isEmpty()) {
            goesWell();
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private void goesWell() throws IOException {
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }

    private interface Work {
        void go(SplittableRandom random) throws Exception;
    }

    private void start(String name, SplittableRandom own, Work work) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                work.go(own);
            } catch (Exception e) {
                failure = closed ? failure : name + ": " + e;
            }
        }));
    }

    private void write(SplittableRandom own) throws Exception {
        Path head = sender.headPath(VOLUME);
        while (!closed) {
            write(head, own.nextInt(FILES), own);
            TimeUnit.MILLISECONDS.sleep(WRITE_MILLIS);
        }
    }

    private static void write(Path head, int file, SplittableRandom random) throws IOException {
        var content = new byte[random.nextInt(1, MOST_FILE_BYTES)];
        random.nextBytes(content);
        Path path = head.resolve("file-" + file);
        switch (random.nextInt(4)) {
            case 0 -> {
                Path fresh = head.resolve("fresh-" + file);
                Files.write(fresh, content);
                Files.move(fresh, path, StandardCopyOption.REPLACE_EXISTING);
            }
            case 1 -> {
                try (var part = new RandomAccessFile(path.toFile(), "rw")) {
                    part.seek(random.nextInt(MOST_FILE_BYTES));
                    part.write(content);
                }
            }
            default -> Files.write(path, content);
        }
    }

    private void replicate(SplittableRandom own) throws Exception {
        var receiving = new Receiver(receiver, peers);
        for (long sequence = 1; !closed; sequence++) {
            SnapshotId snapshot = at(sequence);
            sender.snapshot(snapshot);
            digests.put(sequence, digest(snapshotPath(sending.directory(), sequence)));
            Optional<SnapshotId> base = sequence == 1 ? Optional.empty() : Optional.of(at(sequence - 1));
            receiving.receive(new Step.Receive(snapshot, base, "near"));
            acknowledged.add(sequence);
            if (sequence > KEPT) {
                acknowledged.remove(sequence - KEPT);
                receiver.deleteSnapshot(at(sequence - KEPT));
                sender.deleteSnapshot(at(sequence - KEPT));
            }
            TimeUnit.MILLISECONDS.sleep(own.nextInt(20));
        }
    }

    private static SnapshotId at(long sequence) {
        return new SnapshotId(VOLUME, 1, sequence);
    }

    private static Path snapshotPath(Path pool, long sequence) {
        return pool.resolve("volumes").resolve(VOLUME).resolve("snapshots").resolve("1." + sequence);
    }

    /// What a power cut at this instant leaves.
    ///
    /// @param step what the receiving driver had done last
    /// @param promised how many snapshots were acknowledged by then
    /// @param wrong what is not as it must be, in words
    record Found(String step, int promised, List<String> wrong) {}

    /// Lets some time pass or some steps be taken, cuts the power, and looks what is there.
    Found cut() throws IOException, InterruptedException {
        Path image = outer.directory().resolve("images").resolve("image-" + ++images);
        try {
            return random.nextBoolean() ? cutBetweenSteps(image) : cutAnywhere(image);
        } finally {
            Files.deleteIfExists(image);
        }
    }

    private Found cutAnywhere(Path image) throws IOException, InterruptedException {
        TimeUnit.MICROSECONDS.sleep(random.nextInt(MOST_MICROSECONDS));
        goesWell();
        Set<Long> before = new HashSet<>(acknowledged);
        String done = step.isEmpty() ? "nothing" : "some of what follows: " + step;
        cloneTo(image);
        // What is on its way out meanwhile may be in the image or not.
        before.retainAll(acknowledged);
        return look(done, before, image);
    }

    private Found cutBetweenSteps(Path image) throws IOException, InterruptedException {
        stepsLeft.set(random.nextInt(MOST_STEPS));
        String done = standing.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        goesWell();
        if (done == null) {
            throw new IOException("The receiving driver takes no step any more after: " + step);
        }
        try {
            Set<Long> promised = new HashSet<>(acknowledged);
            cloneTo(image);
            return look(done, promised, image);
        } finally {
            goingOn.put(done);
        }
    }

    private void cloneTo(Path image) throws IOException {
        Path file = outer.directory().resolve("receiving/pool.img");
        Program.of("cp", "--reflink=always", file.toString(), image.toString())
                .within(PATIENCE)
                .run();
    }

    private Found look(String done, Set<Long> promised, Path image) throws IOException, InterruptedException {
        Path mounted = Files.createDirectories(root.resolve("mounted"));
        Program.of("mount", "-t", "btrfs", "-o", "loop,noatime", image.toString(), mounted.toString())
                .within(PATIENCE)
                .run();
        try {
            return new Found(done, promised.size(), wrong(mounted, promised));
        } finally {
            unmount(mounted);
        }
    }

    /// A program that is just being started has all open files of this one for a moment.
    private static void unmount(Path mounted) throws IOException, InterruptedException {
        for (int attempt = 0; attempt < UNMOUNTS; attempt++) {
            if (Program.of("umount", mounted.toString()).within(PATIENCE).end().exitCode() == 0) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        Program.of("umount", "-l", mounted.toString()).within(PATIENCE).run();
    }

    /// What the driver finds there, once it has opened the pool.
    private List<String> wrong(Path mounted, Set<Long> promised) throws IOException {
        List<String> wrong = new ArrayList<>();
        var driver = new BtrfsDriver(mounted);
        StoredVolume stored = driver.list().get(VOLUME);
        List<String> present = stored == null ? List.of() : stored.snapshots();
        for (long sequence : promised) {
            if (!present.contains("1." + sequence)) {
                wrong.add("1." + sequence + " was acknowledged and is not there");
            }
        }
        for (String position : present) {
            long sequence = Long.parseLong(position.substring("1.".length()));
            String expected = digests.getOrDefault(sequence, "never sent");
            if (!digest(snapshotPath(mounted, sequence)).equals(expected)) {
                wrong.add(position + (promised.contains(sequence) ? " was acknowledged" : " is taken for whole")
                        + " and is damaged");
            }
        }
        if (!new Tree(mounted.resolve("incoming")).names().isEmpty()) {
            wrong.add("what was half received is left");
        }
        return wrong;
    }

    /// Of the names, lengths and contents of all files.
    private static String digest(Path snapshot) throws IOException {
        var contents = new TreeMap<String, Path>();
        try (Stream<Path> files = Files.walk(snapshot)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> contents.put(snapshot.relativize(file).toString(), file));
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (var entry : contents.entrySet()) {
                byte[] content = Files.readAllBytes(entry.getValue());
                digest.update((entry.getKey() + " " + content.length + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    /// How many snapshots were received.
    int received() {
        return digests.size() - 1;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            for (Thread thread : threads) {
                thread.join(PATIENCE);
            }
            try {
                unmount(receiving.directory());
            } finally {
                try {
                    unmount(outer.directory());
                } finally {
                    unmount(sending.directory());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while pools were being unmounted", e);
        }
    }
}
