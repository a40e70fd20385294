package io.flocker.verify.acceptance.failover;

import io.flocker.lab.LabNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What containers of a service wrote that stamp their volume again and again with the time and their own name. The
/// time is CLOCK_BOOTTIME, which all nodes of a lab share; in hundredths of a second.
final class Stamps {
    /// Stamps about a hundred times a second. A volume has some content, so that a replica that is sent little a
    /// second is never complete.
    static final String WRITER = """
            sh -c "[ -e /data/bulk ] || dd if=/dev/urandom of=/data/bulk bs=1M count=16 2>/dev/null; \
            while true; do read up idle < /proc/uptime; echo $$up $$(hostname) >> /data/stamps; usleep 10000; done\"""";

    static final long NANOS = 10_000_000;

    private Stamps() {}

    /// The first stamp after some moment, in nanoseconds; empty if there is none.
    static OptionalLong firstAfter(LabNode node, long nanos) throws IOException {
        var times = new ArrayList<Long>();
        for (Path file : files(node, "")) {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ", -1);
                if (words.length == 2 && words[1].length() == 12) {
                    times.add(Long.parseLong(words[0].replace(".", "")) * NANOS);
                }
            }
        }
        return times.stream()
                .mapToLong(time -> time)
                .filter(time -> time > nanos)
                .min();
    }

    /// From its first stamp to its last.
    record Stint(String container, long firstNanos, long lastNanos) {}

    /// Those of all containers whose stamps are in a volume's head on any node, the earliest first.
    static List<Stint> of(List<LabNode> nodes, String volume) throws IOException {
        var first = new TreeMap<String, Long>();
        var last = new TreeMap<String, Long>();
        for (LabNode node : nodes) {
            for (Path file : files(node, volume)) {
                for (String line : Files.readAllLines(file)) {
                    String[] words = line.split(" ", -1);
                    if (words.length == 2 && words[1].length() == 12) {
                        long nanos = Long.parseLong(words[0].replace(".", "")) * NANOS;
                        first.merge(words[1], nanos, Math::min);
                        last.merge(words[1], nanos, Math::max);
                    }
                }
            }
        }
        return first.entrySet().stream()
                .map(entry -> new Stint(
                        entry.getKey(), entry.getValue(), last.getOrDefault(entry.getKey(), entry.getValue())))
                .sorted(Comparator.comparingLong(Stint::firstNanos))
                .toList();
    }

    private static List<Path> files(LabNode node, String volume) throws IOException {
        Path volumes = node.root().resolve("var/lib/flocker/pool/volumes");
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(volumes)) {
            try (Stream<Path> found = Files.list(volumes)) {
                found.filter(folder -> volume.isEmpty()
                                || folder.getFileName().toString().equals(volume))
                        .map(folder -> folder.resolve("head/stamps"))
                        .filter(Files::exists)
                        .forEach(files::add);
            }
        }
        return files;
    }

    /// Two that wrote at the same time.
    static List<String> overlaps(List<Stint> stints) {
        List<String> overlaps = new ArrayList<>();
        for (int i = 1; i < stints.size(); i++) {
            Stint before = stints.get(i - 1);
            if (stints.get(i).firstNanos() <= before.lastNanos()) {
                overlaps.add(before + " and " + stints.get(i));
            }
        }
        return overlaps;
    }
}
