package io.flocker.agent.volume;

import io.flocker.agent.program.Program;
import io.flocker.agent.program.ProgramFailed;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The datasets and snapshots below one dataset with the properties the driver reads, as `zfs get` showed them at one
/// moment. Understands no more of ZFS than what zfs-fuse and OpenZFS have in common.
///
/// @param byName of each, its properties by their names
record Datasets(SortedMap<String, Map<String, String>> byName) {
    /// The epoch of a volume's head: a property of the dataset that holds the volume.
    static final String HEAD = "flocker:head";

    private static final Duration BUSY_LIMIT = Duration.ofSeconds(5);
    private static final Duration BUSY_PAUSE = Duration.ofMillis(20);
    private static final String READ = "type,origin,mounted,refquota,used,referenced," + HEAD;

    static String zfs(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("zfs"));
        command.addAll(List.of(arguments));
        return Program.of(command.toArray(String[]::new)).run();
    }

    /// Like [#zfs], but waits a little for a dataset that was just unmounted: zfs-fuse answers before it let go of it.
    static void zfsOnceFree(String... arguments) throws IOException {
        long deadline = System.nanoTime() + BUSY_LIMIT.toNanos();
        while (true) {
            try {
                zfs(arguments);
                return;
            } catch (ProgramFailed e) {
                if (!e.errorOutput().contains("busy") || System.nanoTime() > deadline) {
                    throw e;
                }
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(BUSY_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Stopped while waiting for a dataset to become free", e);
        }
    }

    /// Those at `root` and below; none if it is not there.
    static Datasets below(String root) throws IOException {
        var program = Program.of("zfs", "get", "-Hp", "-r", "-o", "name,property,value", READ, root);
        Program.Ended ended = program.end();
        SortedMap<String, Map<String, String>> found = new TreeMap<>();
        if (ended.exitCode() != 0 && ended.errors().contains("does not exist")) {
            return new Datasets(found);
        }
        String output = ended.exitCode() == 0 ? ended.output() : program.run();
        for (String line : output.lines().toList()) {
            String[] columns = line.split("\t", -1);
            found.computeIfAbsent(columns[0], name -> new TreeMap<>()).put(columns[1], columns[2]);
        }
        return new Datasets(found);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    boolean mounted(String name) {
        return value(name, "mounted").filter("yes"::equals).isPresent();
    }

    /// A number among the properties; 0 if there is none.
    long number(String name, String property) {
        return value(name, property)
                .filter(value -> !value.equals("-") && !value.equals("none"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    /// Whether a dataset was cloned from `snapshot`.
    boolean cloned(String snapshot) {
        return byName.values().stream().anyMatch(properties -> snapshot.equals(properties.get("origin")));
    }

    /// Whether `dataset` has snapshots or other datasets below it.
    boolean occupied(String dataset) {
        return byName.keySet().stream()
                .anyMatch(name -> name.startsWith(dataset + "@") || name.startsWith(dataset + "/"));
    }

    /// The name of a snapshot below `volumes`: whichever of its volume's datasets has it.
    Optional<String> find(String volumes, SnapshotId snapshot) {
        String start = volumes + "/" + snapshot.volume() + "/";
        String end = "@" + snapshot.position();
        return byName.keySet().stream()
                .filter(name -> name.startsWith(start) && name.endsWith(end))
                .findFirst();
    }

    /// The snapshots of a volume below `volumes`, ascending.
    List<SnapshotId> snapshots(String volumes, String volume) {
        String start = volumes + "/" + volume + "/";
        List<String> positions = byName.keySet().stream()
                .filter(name -> name.startsWith(start) && name.indexOf('@') > 0)
                .map(name -> name.substring(name.indexOf('@') + 1))
                .toList();
        return Names.snapshots(volume, positions);
    }

    /// The dataset of a volume's head of that epoch.
    static String head(String volumes, String id, long epoch) {
        return volumes + "/" + id + "/" + epoch;
    }

    /// A volume below `volumes`; empty if neither a head nor a snapshot of it is there.
    Optional<StoredVolume> stored(String volumes, String id) {
        long epoch = number(volumes + "/" + id, HEAD);
        List<String> snapshots =
                snapshots(volumes, id).stream().map(SnapshotId::position).toList();
        if (epoch == 0 && snapshots.isEmpty()) {
            return Optional.empty();
        }
        String head = head(volumes, id, epoch);
        String problem = "";
        if (epoch > 0 && !mounted(head)) {
            problem = has(head) ? head + " is not mounted" : head + " is missing";
        }
        long limit = epoch == 0 ? 0 : number(head, "refquota");
        if (problem.isEmpty() && limit > 0) {
            problem = Fullness.problem(number(head, "referenced"), limit);
        }
        return Optional.of(new StoredVolume(id, epoch, snapshots, limit, problem));
    }

    /// `name`, or `name` with a number that makes it different from all there are.
    String free(String name) {
        String free = name;
        for (int number = 1; has(free); number++) {
            free = name + "-" + number;
        }
        return free;
    }

    /// What a dataset was cloned from.
    Optional<String> origin(String name) {
        return value(name, "origin").filter(origin -> !origin.equals("-"));
    }

    /// The epoch a dataset is for; 0 if for none. It is its name, or that of one snapshot.
    static long epochOf(String dataset) {
        String name = last(dataset);
        int dot = name.indexOf('.');
        try {
            return Long.parseLong(dot < 0 ? name : name.substring(0, dot));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static String last(String dataset) {
        return dataset.substring(dataset.lastIndexOf('/') + 1);
    }

    static String parent(String dataset) {
        return dataset.substring(0, Math.max(0, dataset.lastIndexOf('/')));
    }

    private Optional<String> value(String name, String property) {
        return Optional.ofNullable(byName.get(name)).map(properties -> properties.get(property));
    }
}
