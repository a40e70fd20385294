package io.flocker.verify.acceptance.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Loaded servers, one more that joins, and requests all the while.
@Tag("engine")
class BalanceTest {
    /// Those of one service without data.
    private static final int WEBS = 2;
    private static final int FIRST_PORT = 8801;
    private static final long PATIENCE_SECONDS = 480;
    private static final long REST_SECONDS = 25;
    private static final Pattern MOVING = Pattern.compile(
            "Moving (\\S+) from (n\\d) to (n\\d) to even out load: n\\d has \\d+ % of its even share, n\\d \\d+ %; then");
    private static final Pattern LOAD = Pattern.compile("(?m)^n\\d +(\\d+) %");

    /// @param servers those that are loaded at first; one more joins
    /// @param withData services that have data, each one instance
    private record Size(int servers, int withData) {
        String joining() {
            return "n" + (servers + 1);
        }

        /// How many instances each server has once one more has joined. Those that serve requests weigh more.
        long share() {
            return (withData + WEBS) / (servers + 1);
        }
    }

    private static String compose(int withData) {
        var text = new StringBuilder("services:\n");
        for (int i = 0; i < withData; i++) {
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
                """.formatted(FIRST_PORT + withData).indent(0));
        IntStream.range(0, withData)
                .forEach(i -> text.append("  data").append(i).append(":\n"));
        return text.toString();
    }

    @Test
    void aServerThatJoinsFillsUpByItselfAndThenItRests() throws Exception {
        joins(new Size(2, 10), "1G");
    }

    @Test
    @Tag("soak") // Thirty services, each with its data, take three minutes.
    void thirtyServicesOfThreeServersSpreadOverFour() throws Exception {
        joins(new Size(3, 30), "2G");
    }

    private static void joins(Size size, String poolSize) throws Exception {
        try (var servers = new Servers(8, poolSize, size.servers())) {
            Path file = servers.compose("shop", compose(size.withData()));
            servers.succeed("up", "-f", file.toString());
            for (int i = 0; i < size.withData(); i++) {
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
            List<String> urls = List.of(url(servers, 0), url(servers, size.withData()));

            String joining = size.joining();
            long before = moves(servers, joining);

            servers.join(joining);
            assertThat(running(servers, joining))
                    .as("what is on " + joining + " at first")
                    .isZero();
            Load load = Load.beside("one more server", urls, () -> {
                awaitRest(servers, size);
                List<Integer> loads = loads(servers);
                System.out.println(
                        "load of " + size.servers() + " servers and one more, when it rests: " + loads + " %");
                // It begins beyond 120 %, or under 80 %, and goes on until all are within 10 %, but load changes on.
                assertThat(loads).hasSize(size.servers() + 1).allMatch(each -> 75 <= each && each <= 125);
                // Under the same load: that it ends is a change, too.
                rests(servers);
            });

            assertThat(load.requests()).isPositive();
            assertThat(load.failed()).as("failed requests").isZero();
            assertThat(running(servers, joining))
                    .as(servers.succeed("ps", "-e", "shop"))
                    .isBetween(size.share() - 1, size.share() + size.withData() / 10);
            assertThat(moves(servers, joining) - before)
                    .as(servers.succeed("balance", "status"))
                    .isBetween(size.share() - 2, size.share() + size.withData() / 5);
            for (int i = 0; i < size.withData(); i++) {
                assertThat(servers.get(FIRST_PORT + i, "/")).isEqualTo("kept" + i + "\n");
            }
            assertThat(servers.succeed("explain", "-e", "shop", "web"))
                    .contains("n1", "n2", joining, "The fewest points win");
        }
    }

    /// Told ones, to a server.
    private static long moves(Servers servers, String to) throws IOException {
        return MOVING.matcher(servers.succeed("events"))
                .results()
                .filter(move -> move.group(3).equals(to))
                .count();
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

    private static void awaitRest(Servers servers, Size size) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (running(servers, size.joining()) < size.share() - 1
                || !servers.succeed("balance", "status").contains("Rests")) {
            if (System.nanoTime() > deadline) {
                throw new IOException("Load is not even: " + servers.succeed("balance", "status")
                        + servers.succeed("events") + servers.succeed("op", "ls"));
            }
            TimeUnit.SECONDS.sleep(2);
        }
    }

    /// Every server's load, in percent of its even share.
    private static List<Integer> loads(Servers servers) throws IOException {
        return LOAD.matcher(servers.succeed("balance", "status"))
                .results()
                .map(line -> Integer.parseInt(line.group(1)))
                .toList();
    }

    private static void rests(Servers servers) throws IOException, InterruptedException {
        String before = servers.succeed("op", "ls", "-q");
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        assertThat(servers.succeed("op", "ls", "-q"))
                .as(servers.succeed("balance", "status") + servers.succeed("events"))
                .isEqualTo(before);
    }
}
