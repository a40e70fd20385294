package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.OneServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What requests feel of faults, counted by `wrk`.
@Tag("engine")
class TrafficTest {
    private static final int SECONDS = 12;
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
    private static final Pattern BAD = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern SOCKET =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    private static OneServer server;

    @BeforeAll
    static void up() throws Exception {
        server = new OneServer(3);
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

    /// What wrk counted.
    private record Load(long requests, long failed) {}

    private interface Fault {
        void happen() throws IOException, InterruptedException;
    }

    private static Load during(String name, Fault fault) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "wrk",
                "-t1",
                "-c16",
                "-d" + SECONDS + "s",
                "--timeout",
                "10s",
                "http://" + server.node.address() + ":8301/"));
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        TimeUnit.SECONDS.sleep(2);
        fault.happen();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        wrk.waitFor();
        Load load = new Load(sum(REQUESTS, said), sum(BAD, said) + sum(SOCKET, said));
        System.out.println(name + ": " + load.failed() + " of " + load.requests() + " requests failed");
        return load;
    }

    private static long sum(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        long sum = 0;
        if (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                sum += Long.parseLong(matcher.group(group));
            }
        }
        return sum;
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
