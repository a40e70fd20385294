package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What requests feel of faults, counted by `wrk`.
@Tag("engine")
class TrafficTest {
    /// What a fault does to requests may show only later.
    private static final long AFTERWARDS_SECONDS = 6;

    private static Servers server;

    @BeforeAll
    static void up() throws Exception {
        server = new Servers(3);
        Path file = server.compose("traffic", """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    ports: ["8301:8080"]
                    deploy: {replicas: 2}
                    stop_grace_period: 1s
                """);
        server.succeed("up", "-f", file.toString());
    }

    @AfterAll
    static void down() throws Exception {
        server.close();
    }

    private static Load during(String name, Load.Fault fault) throws IOException, InterruptedException {
        return Load.beside(name, "http://" + server.node.address() + ":8301/", () -> {
            fault.happen();
            TimeUnit.SECONDS.sleep(AFTERWARDS_SECONDS);
        });
    }

    @Test
    void killingTheDaemonFailsNoRequest() throws Exception {
        Load load = during("kill -9 of the daemon", () -> {
            server.node.kill(LabNode.Part.DAEMON);
            server.node.startDaemon(server.home);
        });
        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
    }

    @Test
    void theProxyIsBackAfterBeingKilled() throws Exception {
        Load load = during("kill -9 of HAProxy", () -> server.node.kill(LabNode.Part.PROXY));
        assertThat(load.requests()).isPositive();
        server.await("the proxy to serve again", () -> serves());
    }

    @Test
    void everythingIsBackAfterTheEngineRestarted() throws Exception {
        Load load = during("restart of the Docker Engine", () -> {
            server.node.stop(LabNode.Part.ENGINE);
            server.node.startEngine();
        });
        assertThat(load.requests()).isPositive();
        server.await("the instances to serve again", () -> serves());
        server.await(
                "both instances", () -> server.node.docker("ps", "-q").lines().count() == 2);
    }

    @Test
    void restartingTheServiceFailsNoRequest() throws Exception {
        Load load = during("flocker restart", () -> server.succeed("restart", "-e", "traffic", "web"));
        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
    }

    private static boolean serves() throws InterruptedException {
        try {
            return server.get(8301, "/").equals("hello\n");
        } catch (IOException e) {
            return false;
        }
    }
}
