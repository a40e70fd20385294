package io.flocker.verify.bench.cluster;

import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Benchmark;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.util.stream.Stream;

/// An image with another id and the content of a known one, for an upgrade that changes nothing else.
final class OtherImage {
    private OtherImage() {}

    /// Makes it on every node, so that nothing is pulled.
    ///
    /// @param changes as for `docker commit --change`
    static void make(Servers server, String from, String name, String... changes) throws IOException {
        for (int number = 1; number <= Benchmark.MANY; number++) {
            LabNode node = server.lab.node("n" + number);
            String container =
                    node.docker("create", "--label", "of=" + name, from, "true").strip();
            node.docker(Stream.of(
                            Stream.of("commit"),
                            Stream.of(changes).flatMap(change -> Stream.of("--change", change)),
                            Stream.of(container, name))
                    .flatMap(words -> words)
                    .toArray(String[]::new));
            node.docker("rm", container);
        }
    }
}
