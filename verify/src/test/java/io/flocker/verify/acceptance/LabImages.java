package io.flocker.verify.acceptance;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;

/// Makes images, and pushes them to a lab's registry.
final class LabImages {
    private final Servers servers;

    LabImages(Servers servers) {
        this.servers = servers;
    }

    /// An image that can serve `text` at the port 8080, which it says, in the lab's registry.
    String page(String name, String text) throws IOException {
        LabNode node = servers.node;
        String container = node.docker(
                        "run", "-d", "flocker/busybox:1", "sh", "-c", "echo " + text + " > /www/index.html")
                .strip();
        node.docker("wait", container);
        return pushed(container, name, "--change", "EXPOSE 8080");
    }

    /// An image like another one that only runs `command`, in the lab's registry.
    String running(String from, String name, String command) throws IOException {
        String container = servers.node.docker("create", from, "true").strip();
        return pushed(container, name, "--change", "ENTRYPOINT [\"/bin/sh\", \"-c\", \"" + command + "\"]");
    }

    private String pushed(String container, String name, String... changes) throws IOException {
        String image = servers.lab.registryAddress() + "/" + name;
        servers.node.docker(Stream.of(Stream.of("commit"), Stream.of(changes), Stream.of(container, image))
                .flatMap(words -> words)
                .toArray(String[]::new));
        servers.node.docker("rm", container);
        Program.of("docker", "-H", servers.node.engineSocket(), "push", "-q", image)
                .within(Duration.ofMinutes(3))
                .run();
        return image;
    }
}
