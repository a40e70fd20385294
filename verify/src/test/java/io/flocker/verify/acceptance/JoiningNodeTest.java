package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A server that joins another one while that one serves.
@Tag("engine")
class JoiningNodeTest {
    private static final String COMPOSE = """
            services:
              web:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /www
                ports: ["8521:8080"]
                stop_grace_period: 1s
              db:
                image: flocker/busybox:1
                command: httpd -f -p 8080 -h /data
                volumes: ["data:/data"]
                ports: ["8522:8080"]
                stop_grace_period: 1s
            volumes: {data: }
            """;

    @Test
    void getsByItselfWhatADeploymentFileHasForIt() throws Exception {
        try (var servers = new Servers(21, "2G")) {
            Path file = servers.compose("shop", COMPOSE);
            Path deployment =
                    servers.compose("shop-deployment", "version: 1\nnodes: {n1: [web], n2: {web: 2, db: 1}}\n");
            assertThat(servers.succeed("up", "-f", file.toString(), "-d", deployment.toString()))
                    .contains("! service web: 2 instances wait for node n2, which has not joined yet")
                    .contains("! service db: 1 instance waits for node n2, which has not joined yet");
            assertThat(servers.get(8521, "/")).isEqualTo("hello\n");
            assertThat(running(servers)).singleElement().asString().contains("web.", " n1 ");
            assertThat(servers.succeed("ls")).containsPattern("shop +waiting");
            String before = servers.node.docker("ps", "-q", "--no-trunc");

            LabNode joined = servers.join("n2");

            servers.await("everything to run", () -> servers.succeed("ls").matches("(?s).*shop +running.*"));
            assertThat(running(servers).stream().filter(line -> line.contains(" n2 ")))
                    .as(servers.succeed("ps", "-e", "shop"))
                    .hasSize(3)
                    .anyMatch(line -> line.startsWith("db."));
            assertThat(servers.node.docker("ps", "-q", "--no-trunc"))
                    .as("what ran was not touched")
                    .isEqualTo(before);
            servers.succeed("exec", "shop", "db", "--", "sh", "-c", "echo kept > /data/index.html");
            for (LabNode node : List.of(servers.node, joined)) {
                assertThat(servers.get(node, 8521, "/")).as(node.name()).isEqualTo("hello\n");
                assertThat(servers.get(node, 8522, "/")).as(node.name()).isEqualTo("kept\n");
            }
        }
    }

    private static List<String> running(Servers servers) throws Exception {
        return servers.succeed("ps", "-e", "shop")
                .lines()
                .filter(line -> line.contains("running"))
                .toList();
    }
}
