package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Services whose number of instances follows their load, or their nodes' cores, and a canary that is slower than what
/// it is to replace: what HAProxy and control groups count, on two servers.
@Tag("engine")
class ScalingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static Servers servers;
    private static LabImages images;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(24, "4G", 2);
        images = new LabImages(servers);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    private static Path web(String environment, int port, String image, String rest) throws IOException {
        return servers.compose(environment, """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    stop_grace_period: 1s
                    REST
                """.replace("IMAGE", image)
                .replace("PORT", Integer.toString(port))
                .replace("REST", rest));
    }

    private static Load during(String name, int port, Load.Fault fault) throws Exception {
        return Load.during(name, "http://" + servers.node.address() + ":" + port + "/", fault);
    }

    /// The lines of `flocker ps` with instances that serve.
    private static List<String> serving(String environment) throws IOException {
        return servers.succeed("ps", "-e", environment)
                .lines()
                .filter(line -> line.startsWith("web.") && line.contains("running"))
                .toList();
    }

    private interface Meanwhile {
        void happens() throws IOException, InterruptedException;
    }

    private static void awaitServing(String environment, int count, Meanwhile meanwhile)
            throws IOException, InterruptedException {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        while (serving(environment).size() != count) {
            assertThat(System.nanoTime())
                    .as("in time, with " + servers.flocker("ps", "-e", environment))
                    .isLessThan(patience);
            meanwhile.happens();
        }
    }

    @Test
    void startsInstancesUnderLoadAndStopsThemAfterItWithoutAFailedRequest() throws Exception {
        String image = images.page("busy:1", "busy");
        String file = web("busy", 8621, image, """
                x-flocker: {scale: {min: 1, max: 3, target: {requests_per_second: 50}, down_after: 5s}}
                """).toString();
        servers.succeed("up", "-f", file);
        awaitServing("busy", 1, () -> {});

        Load load = during("scaling out", 8621, () -> {
            awaitServing("busy", 3, () -> Thread.sleep(Duration.ofMillis(500)));
            servers.succeed("up", "-f", file);
            assertThat(serving("busy")).as("after up of the unchanged file").hasSize(3);
        });
        assertThat(load.requests()).isPositive();
        assertThat(load.failed()).isZero();
        Servers.Answer beyond = servers.flocker("scale", "-e", "busy", "web=9");
        assertThat(beyond.exitCode()).isNotZero();
        assertThat(beyond.errors()).contains("follows its load with 1 to 3 instances");

        // Ten requests a second, none of which may fail: get() throws.
        awaitServing("busy", 1, () -> {
            for (int request = 0; request < 10; request++) {
                assertThat(servers.get(8621, "/")).contains("busy");
                Thread.sleep(Duration.ofMillis(100));
            }
        });
        assertThat(servers.succeed("events", "-e", "busy"))
                .contains("web: 1 -> 3: ", "requests/s an instance, target 50", " -> 1: ");
        assertThat(servers.flocker("ps", "-e", "busy").errors())
                .contains("busy/web follows its load: 1 to 3 instances: ");
    }

    @Test
    @Tag("soak") // A variant of the case before.
    void startsInstancesForTheCpuTimeThatTheyUse() throws Exception {
        String image = images.running("flocker/busybox:1", "spins:1", "while true; do :; done");
        servers.succeed(
                "up",
                "-f",
                servers.compose("spins", """
                        services:
                          web:
                            image: IMAGE
                            cpus: 0.1
                            x-flocker: {scale: {min: 1, max: 2, target: {cpu: 50%}}}
                        """.replace("IMAGE", image)).toString());
        awaitServing("spins", 2, () -> Thread.sleep(Duration.ofMillis(500)));
        assertThat(servers.succeed("events", "-e", "spins")).contains("web: 1 -> 2: ", "% CPU an instance, target 50");
        servers.succeed("down", "-e", "spins");
    }

    @Test
    void runsOneForEachCoreOfEachNode() throws Exception {
        servers.succeed(
                "up",
                "-f",
                web("cores", 8622, images.page("cores:1", "cores"), "x-flocker: {scale: {per_core: true}}")
                        .toString());
        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(serving("cores")).hasSize(2 * cores);
        assertThat(serving("cores").stream().filter(line -> line.contains(" n2 ")))
                .hasSize(cores);
    }

    @Test
    @Tag("soak") // The simulation has it too.
    void aCanaryThatAnswersLateGoes() throws Exception {
        String before = images.page("swift:1", "swift");
        String upgrade = "x-flocker: {upgrade: {strategy: canary, canary: {weight: 50, for: 2m, max_slowdown: 2}}}";
        servers.succeed("up", "-f", web("swift", 8623, before, upgrade).toString());
        // Answers each connection after a fifth of a second, once it has read the request.
        String slow = images.running(
                "flocker/busybox:1",
                "swift:2",
                "exec nc -ll -p 8080 -e sh -c 'while read l && [ ${#l} -gt 1 ]; do :; done; sleep 0.2;"
                        + " echo HTTP/1.0 200 OK; echo; echo slow'");

        Load load = during("slow canary", 8623, () -> {
            Servers.Answer answer = servers.flocker("upgrade", "-e", "swift", "web", "--image", slow);
            assertThat(answer.exitCode()).isNotZero();
            assertThat(answer.errors())
                    .contains("The canary of web is too slow: its answers took 2", "ms of release 1 (at most 2 times");
        });

        assertThat(load.requests()).isPositive();
        assertThat(servers.get(8623, "/")).contains("swift");
    }
}
