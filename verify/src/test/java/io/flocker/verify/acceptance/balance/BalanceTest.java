package io.flocker.verify.acceptance.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two loaded servers, a third that joins, and requests all the while.
@Tag("engine")
class BalanceTest {
    // With the two of web, four for each of three servers: a load that can be even.
    private static final int WITH_DATA = 10;
    private static final int FIRST_PORT = 8801;
    private static final long PATIENCE_SECONDS = 480;
    private static final long REST_SECONDS = 25;
    private static final Pattern MOVING = Pattern.compile(
            "Moving (\\S+) from (n[12]) to n3 to even out load: n[12] has \\d+ % of its even share, n3 \\d+ %; then");

    private static String compose() {
        var text = new StringBuilder("services:\n");
        for (int i = 0; i < WITH_DATA; i++) {
            text.append("""
                      db%d:
                        image: flocker/busybox:1
                        command: httpd -f -p 8080 -h /data
                        volumes: ["data%d:/data"]
                        ports: ["%d:8080"]
                        stop_grace_period: 1s
                    """.formatted(i, i, FIRST_PORT + i).indent(0));
        }
        text.append("""
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    ports: ["%d:8080"]
                    deploy: {replicas: 2}
                    stop_grace_period: 1s
                volumes:
                """.formatted(FIRST_PORT + WITH_DATA).indent(0));
        IntStream.range(0, WITH_DATA)
                .forEach(i -> text.append("  data").append(i).append(":\n"));
        return text.toString();
    }

    @Test
    void aServerThatJoinsFillsUpByItselfAndThenItRests() throws Exception {
        try (var servers = new Servers(8, "1G", 2)) {
            Path file = servers.compose("shop", compose());
            servers.succeed("up", "-f", file.toString());
            for (int i = 0; i < WITH_DATA; i++) {
                servers.succeed(
                        "exec",
                        "shop",
                        "db" + i,
                        "--",
                        "sh",
                        "-c",
                        "echo kept" + i + " > /data/index.html; dd if=/dev/urandom of=/data/more bs=1M count=8");
            }
            servers.succeed("balance", "set", "--patience", "20s");
            // However busy the machine was when they were placed.
            servers.succeed("rebalance");
            servers.succeed("balance", "auto");
            List<String> urls = List.of(url(servers, 0), url(servers, WITH_DATA));

            long before = MOVING.matcher(servers.succeed("events")).results().count();

            servers.join("n3");
            assertThat(running(servers, "n3")).as("what is on n3 at first").isZero();
            Load load = Load.beside("a third server", urls, () -> {
                awaitRest(servers);
                // Under the same load: that it ends is a change, too.
                rests(servers);
            });

            assertThat(load.requests()).isPositive();
            assertThat(load.failed()).as("failed requests").isZero();
            assertThat(running(servers, "n3"))
                    .as(servers.succeed("ps", "-e", "shop"))
                    .isBetween(3L, 5L);
            Matcher told = MOVING.matcher(servers.succeed("events"));
            assertThat(told.results().count() - before)
                    .as(servers.succeed("balance", "status"))
                    .isBetween(2L, 6L);
            for (int i = 0; i < WITH_DATA; i++) {
                assertThat(servers.get(FIRST_PORT + i, "/")).isEqualTo("kept" + i + "\n");
            }
            assertThat(servers.succeed("explain", "-e", "shop", "web"))
                    .contains("n1", "n2", "n3", "The fewest points win");
        }
    }

    private static String url(Servers servers, int service) {
        return "http://" + servers.node.address() + ":" + (FIRST_PORT + service) + "/";
    }

    private static long running(Servers servers, String node) throws IOException {
        return servers.succeed("ps", "-e", "shop")
                .lines()
                .filter(line -> line.contains("running") && line.contains(" " + node + " "))
                .count();
    }

    private static void awaitRest(Servers servers) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (running(servers, "n3") < 3
                || !servers.succeed("balance", "status").contains("Rests")) {
            if (System.nanoTime() > deadline) {
                throw new IOException("Load is not even: " + servers.succeed("balance", "status")
                        + servers.succeed("events") + servers.succeed("op", "ls"));
            }
            TimeUnit.SECONDS.sleep(2);
        }
    }

    private static void rests(Servers servers) throws IOException, InterruptedException {
        String before = servers.succeed("op", "ls", "-q");
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        assertThat(servers.succeed("op", "ls", "-q"))
                .as(servers.succeed("balance", "status") + servers.succeed("events"))
                .isEqualTo(before);
    }
}
