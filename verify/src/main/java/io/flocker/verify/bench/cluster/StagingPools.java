package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What is in the pools of a lab's first three nodes, seen from outside of Flocker.
final class StagingPools {
    static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Servers server;

    StagingPools(Servers server) {
        this.server = server;
    }

    Path pool(String node) {
        return server.lab.node(node).root().resolve("var/lib/flocker/pool");
    }

    /// The heads on a node.
    List<Path> heads(String node) throws IOException {
        try (Stream<Path> volumes = Files.list(pool(node).resolve("volumes"))) {
            return volumes.map(volume -> volume.resolve("head"))
                    .filter(Files::isDirectory)
                    .sorted()
                    .toList();
        }
    }

    int heads() throws IOException {
        int heads = 0;
        for (String node : NODES) {
            heads += heads(node).size();
        }
        return heads;
    }

    /// Bytes that all volumes of these nodes take together, what they share counted once (`btrfs filesystem du`).
    double bytes() throws IOException {
        double bytes = 0;
        for (String node : NODES) {
            Path volumes = pool(node).resolve("volumes");
            Program.of("btrfs", "filesystem", "sync", volumes.toString())
                    .within(PATIENCE)
                    .run();
            String said = Program.of("btrfs", "filesystem", "du", "--raw", "-s", volumes.toString())
                    .within(PATIENCE)
                    .run();
            Matcher numbers = NUMBER.matcher(said.substring(said.indexOf('\n')));
            // Total, exclusive, shared by several of them.
            double[] columns = new double[3];
            for (int i = 0; i < columns.length && numbers.find(); i++) {
                columns[i] = Double.parseDouble(numbers.group());
            }
            bytes += columns[1] + columns[2];
        }
        return bytes;
    }
}
