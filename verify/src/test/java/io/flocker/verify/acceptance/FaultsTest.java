package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The daemon is killed at random moments of whatever it does; afterwards everything is as asked, and the data is
/// intact.
@Tag("engine")
class FaultsTest {
    private static final int KILLS = Integer.getInteger("kills", 5);

    private static final int LATEST_KILL_MILLIS = 1_500;

    private static Servers server;

    @BeforeAll
    static void up() throws Exception {
        server = new Servers(2);
    }

    @AfterAll
    static void down() throws Exception {
        server.close();
    }

    @Test
    void survivesKillsOfTheDaemonDuringUpRollBackAndDown() throws Exception {
        long seed = Long.getLong("fault.seed", System.nanoTime());
        System.out.println("fault.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        String text = """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /data
                    environment: {ROUND: "%d"}
                    volumes: ["data:/data"]
                    ports: ["8201:8080"]
                    stop_grace_period: 1s
                volumes: {data: }
                """;
        Path file = server.compose("victim", text.formatted(0));
        server.succeed("up", "-f", file.toString());
        server.succeed("exec", "victim", "web", "--", "sh", "-c", "echo precious > /data/index.html; sync");
        server.succeed("checkpoint", "create", "good", "-e", "victim");
        for (int kill = 1; kill <= KILLS; kill++) {
            switch (kill % 3) {
                case 0 ->
                    server.flocker(
                            "up",
                            "--detach",
                            "-f",
                            server.compose("victim", text.formatted(kill)).toString());
                case 1 -> server.flocker("rollback", "--detach", "victim@good");
                default -> server.flocker("down", "--detach", "-e", "victim");
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(LATEST_KILL_MILLIS));
            server.node.kill(LabNode.Part.DAEMON);
            server.node.startDaemon(server.home);
        }
        server.await(
                "the last operation to end", () -> !server.succeed("op", "ls").contains("running"));
        server.succeed(
                "up", "-f", server.compose("victim", text.formatted(KILLS + 1)).toString());
        server.succeed("rollback", "victim@good", "--data-only");
        assertThat(server.get(8201, "/")).isEqualTo("precious\n");
        assertThat(server.node.docker("ps", "-q").lines()).hasSize(1);
        server.succeed("down", "-e", "victim", "--volumes");
        assertThat(server.node.docker("ps", "-aq")).isBlank();
        assertThat(server.succeed("volume", "ls")).doesNotContain("victim");
    }
}
