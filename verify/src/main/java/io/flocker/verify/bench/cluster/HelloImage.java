package io.flocker.verify.bench.cluster;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;

/// The web server of `images/hello` as an image on a lab's nodes: it answers many requests in one process, quicker
/// than any proxy before it.
final class HelloImage {
    static final String NAME = "flocker/hello:1";

    /// As for `docker commit --change`.
    static final String COMMAND = "CMD [\"/usr/sbin/haproxy\", \"-db\", \"-f\", \"/etc/hello.cfg\"]";

    private HelloImage() {}

    /// Makes it on `node`. It serves port 8080.
    static void make(Servers server, LabNode node) throws IOException {
        String file = Program.of(server.home.resolve("images/build").toString(), "hello")
                .run()
                .strip();
        node.docker("import", "--change", COMMAND, file, NAME);
    }
}
