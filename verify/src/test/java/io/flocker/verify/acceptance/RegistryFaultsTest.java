package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.door.Door;
import io.flocker.verify.server.Load;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Upgrades to images that cannot be had, or do not do what they should: the old release serves,
/// no request fails, and the answer says where, why and what to do.
@Tag("engine")
class RegistryFaultsTest {
    private static final String IMAGE = "flocker/busybox:1";

    private static Servers servers;
    private static LabImages images;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(9, "1G", 3);
        images = new LabImages(servers);
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    /// One instance on each node.
    private static void web(String environment, int port) throws IOException {
        String file = servers.compose(environment, """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /www
                    ports: ["PORT:8080"]
                    deploy: {replicas: 3, placement: {max_replicas_per_node: 1}, update_config: {monitor: 1s}}
                    stop_grace_period: 1s
                """.replace("IMAGE", IMAGE).replace("PORT", Integer.toString(port)))
                .toString();
        servers.succeed("up", "-f", file);
    }

    private static Load during(String name, int port, Load.Fault fault) throws Exception {
        return Load.beside(name, "http://" + servers.node.address() + ":" + port + "/", fault);
    }

    private static Servers.Answer upgrade(String environment, String image) throws IOException {
        return servers.flocker("upgrade", "-e", environment, "web", "--image", image);
    }

    /// One that goes on meanwhile.
    private static CompletableFuture<Servers.Answer> upgrading(String environment, String image) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return upgrade(environment, image);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /// What is told of the operation under way, or of the last one; nothing while nobody leads.
    private static String progress() throws IOException {
        String newest =
                servers.flocker("op", "ls", "-q").output().lines().findFirst().orElse("");
        return servers.flocker("op", "show", newest).output();
    }

    @Test
    @Tag("soak") // UpgradeFaultsTest has a registry that is not trusted, too.
    void aRegistryWhoseCertificateIsNotTrustedSaysWhereToPutIt() throws Exception {
        web("untrusted", 8621);
        try (var registry = new OtherRegistry(servers, 5443, false)) {
            registry.await();
            String image = registry.name(images.page("untrusted:1", "trusted"));

            Load load = during("untrusted registry", 8621, () -> {
                Servers.Answer answer = upgrade("untrusted", image);
                assertThat(answer.exitCode()).isNotZero();
                assertThat(answer.errors())
                        .contains(
                                "does not trust the certificate of " + registry.address(),
                                "/etc/docker/certs.d/" + registry.address() + "/ca.crt",
                                "node n1, node n2, node n3");
                assertThat(servers.get(8621, "/")).isEqualTo("hello\n");

                registry.trust(registry.address());
                assertThat(upgrade("untrusted", image).exitCode()).isZero();
            });

            assertThat(load.failed()).isZero();
            assertThat(servers.get(8621, "/")).isEqualTo("trusted\n");
        }
        servers.succeed("down", "-e", "untrusted");
    }

    @Test
    void aRegistryThatAsksForAPasswordSaysHowToLogInAndALoginHoldsAtOnce() throws Exception {
        web("private", 8622);
        try (var registry = new OtherRegistry(servers, 5444, true)) {
            registry.await();
            registry.trust(registry.address());
            String image = registry.name(images.page("private:1", "private"));

            Load load = during("registry with a password", 8622, () -> {
                Servers.Answer answer = upgrade("private", image);
                assertThat(answer.exitCode()).isNotZero();
                assertThat(answer.errors()).contains("docker login " + registry.address(), "node n1, node n2, node n3");
                assertThat(servers.get(8622, "/")).isEqualTo("hello\n");

                registry.login(servers.node);
                assertThat(upgrade("private", image).exitCode()).isZero();
            });

            assertThat(load.failed()).isZero();
            assertThat(servers.get(8622, "/")).isEqualTo("private\n");
        }
        servers.succeed("down", "-e", "private");
    }

    @Test
    @Tag("soak") // It waits for a slow registry.
    void aSlowRegistryIsWaitedForWhileTheOldReleaseServes() throws Exception {
        web("slow", 8623);
        try (var registry = new OtherRegistry(servers, 5445, false);
                var slow = new Door(
                        new InetSocketAddress(registry.host(), 5446), new InetSocketAddress(registry.host(), 5445))) {
            registry.await();
            slow.slow(true);
            String door = registry.host() + ":5446";
            registry.trust(door);
            String image = images.page("slow:1", "slow").replaceFirst("^[^/]*", door);

            Load load = during("slow registry", 8623, () -> {
                CompletableFuture<Servers.Answer> upgrade = upgrading("slow", image);
                servers.await("the operation to wait for the image", () -> {
                    assertThat(upgrade).as("%s", upgrade.getNow(null)).isNotDone();
                    return progress().contains("Waits for: image " + image + " on n");
                });
                assertThat(upgrade).isNotDone();
                assertThat(servers.get(8623, "/")).isEqualTo("hello\n");
                slow.slow(false);
                assertThat(upgrade.orTimeout(2, TimeUnit.MINUTES).join().exitCode())
                        .isZero();
            });

            assertThat(load.failed()).isZero();
            assertThat(servers.get(8623, "/")).isEqualTo("slow\n");
        }
        servers.succeed("down", "-e", "slow");
    }

    @Test
    @Tag("soak") // UpgradeFaultsTest has releases that do not serve, too.
    void aReleaseThatListensAtAnotherPortIsToldWithBothAndGetsNoRequest() throws Exception {
        web("deaf", 8624);
        String image = images.running(IMAGE, "deaf:1", "httpd -f -p 9090 -h /www");

        Load load = during("release at another port", 8624, () -> {
            CompletableFuture<Servers.Answer> upgrade = upgrading("deaf", image);
            servers.await(
                    "the operation to say where the release listens",
                    () -> progress().contains("it does not listen at port 8080 but at port 9090"));
            assertThat(servers.succeed("status", "deaf")).contains("port 9090");
            servers.succeed("upgrade", "-e", "deaf", "web", "--undo");
            assertThat(upgrade.orTimeout(1, TimeUnit.MINUTES).join().exitCode()).isNotZero();
        });

        assertThat(load.failed()).isZero();
        assertThat(servers.get(8624, "/")).isEqualTo("hello\n");
        servers.succeed("down", "-e", "deaf");
    }

    @Test
    @Tag("soak") // UpgradesTest has data that comes back, too.
    void aReleaseComesBackWithTheDataItHad() throws Exception {
        String file = servers.compose("back", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /data
                    ports: ["8626:8080"]
                    volumes: [data:/data]
                    stop_grace_period: 1s
                volumes: {data: {}}
                """.replace("IMAGE", IMAGE)).toString();
        servers.succeed("up", "-f", file);
        write("one");
        String next = images.page("back:1", "unused");
        servers.succeed("upgrade", "-e", "back", "web", "--image", next);
        write("two");
        String[] back = {"rollback", "back/web", "--release", "1", "--with-data"};
        assertThat(servers.succeed("rollback", "back/web", "--release", "1", "--with-data", "--dry-run"))
                .contains("~ volume data back to snapshot", "is kept as snapshot", "release 2 -> 3");
        assertThat(servers.get(8626, "/")).isEqualTo("two\n");

        Load load = during(
                "roll back with data",
                8626,
                () -> assertThat(servers.succeed(back))
                        .contains("What was in back/data is kept; to undo: flocker rollback back/data --to"));

        assertThat(load.failed()).isZero();
        assertThat(servers.get(8626, "/")).isEqualTo("one\n");
        assertThat(servers.succeed("history", "-e", "back", "web")).contains("3", "current");
        String checkpoint = servers.succeed("checkpoint", "ls", "-e", "back", "-q")
                .lines()
                .findFirst()
                .orElseThrow();
        servers.succeed("checkpoint", "rm", checkpoint, "-e", "back");
        Servers.Answer gone = servers.flocker(back);
        assertThat(gone.exitCode()).isNotZero();
        assertThat(gone.errors())
                .contains(checkpoint.replaceFirst("^.*@", ""), "is not there any more", "leave --with-data out");
        servers.succeed("down", "-e", "back", "--volumes");
    }

    private static void write(String text) throws Exception {
        servers.succeed("exec", "back", "web", "--", "sh", "-c", "echo " + text + " > /data/index.html; sync");
        assertThat(servers.get(8626, "/")).isEqualTo(text + "\n");
    }

    @Test
    @Tag("soak") // HardTimesTest has a full pool, too.
    void aReleaseThatFindsThePoolFullGoesBackWithTheDataThatWasThere() throws Exception {
        String file = servers.compose("full", """
                services:
                  web:
                    image: IMAGE
                    command: httpd -f -p 8080 -h /data
                    ports: ["8625:8080"]
                    volumes: [data:/data]
                    stop_grace_period: 1s
                volumes: {data: {}}
                """.replace("IMAGE", IMAGE)).toString();
        servers.succeed("up", "-f", file);
        servers.succeed("exec", "full", "web", "--", "sh", "-c", "echo kept > /data/index.html; sync");
        String image = images.running(
                IMAGE,
                "full:1",
                "echo new > /data/index.html; dd if=/dev/zero of=/data/large bs=1M count=2048 && httpd -f -p 8080 -h /data");
        LabNode node = servers.lab.node(
                servers.succeed("volume", "ls", "-e", "full").replaceFirst("(?s).*\\b(n[123])\\b.*", "$1"));
        try {
            Load load = during("full pool during an upgrade", 8625, () -> {
                node.fill(0);
                Servers.Answer answer = upgrade("full", image);
                assertThat(answer.exitCode()).isNotZero();
                assertThat(answer.errors()).contains("what was there before runs again", "web.1");
            });
            assertThat(load.failed()).isZero();
            assertThat(servers.get(8625, "/")).isEqualTo("kept\n");
        } finally {
            node.unfill();
        }
        servers.succeed("down", "-e", "full", "--volumes");
    }
}
