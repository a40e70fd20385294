package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands about releases: what they ask for, and what they refuse by themselves.
final class ReleaseTest {
    private static final String SHOP = "/v2/environments/shop";
    private static final Answers.Change PLANNED =
            new Answers.Change("", List.of("~ service web: release 2 -> 3, web:1 -> web:2"));

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void upgradeAsksForAnotherImageOrForWhatTheNameStandsForNow() {
        api.on("POST " + SHOP + "/upgrade?dryRun=true", PLANNED);
        assertThat(terminal.run("upgrade", "-e", "shop", "web", "--image", "web:2", "--dry-run"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("~ service web: release 2 -> 3, web:1 -> web:2\n");
        assertThat(api.asked().getLast()).contains("\"images\":{\"web\":\"web:2\"}");

        assertThat(terminal.run("upgrade", "-e", "shop", "web", "db", "--dry-run", "--timeout", "2m"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"db\":\"\"", "\"web\":\"\"", "\"timeoutSeconds\":120");
    }

    @Test
    void undoRunsTheReleaseBeforeAgain() {
        api.on("GET " + SHOP, Things.shop("running", Things.service("web", 1, 1, "healthy")))
                .on("POST " + SHOP + "/release?dryRun=true", PLANNED);
        assertThat(terminal.run("upgrade", "-e", "shop", "web", "--undo", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"releases\":{\"web\":0}");
    }

    @Test
    void undoEndsTheUpgradeThatIsUnderWayUnlessItIsOnlyToTell() {
        String cancel = "POST /v2/operations/o1/cancel";
        api.on("GET " + SHOP, changing())
                .on("GET /v2/operations/o1?wait=0", Things.operation("running", ""))
                .on("GET /v2/operations/o1?wait=1", Things.operation("cancelled", "cancelled by root"))
                .on(cancel, Things.operation("cancelling", ""));

        assertThat(terminal.run("upgrade", "-e", "shop", "web", "--undo", "--dry-run"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("~ operation o1 ends, and what was before comes back\n");
        assertThat(api.asked()).noneMatch(call -> call.startsWith(cancel));

        assertThat(terminal.run("upgrade", "-e", "shop", "web", "--undo")).isZero();
        assertThat(api.asked()).anyMatch(call -> call.startsWith(cancel));
        assertThat(terminal.out()).endsWith("What was before is there again: cancelled by root\n");
    }

    /// One whose operation o1 is under way.
    private static Status.Environment changing() {
        Status.Environment shop = Things.shop();
        return new Status.Environment(
                shop.name(),
                shop.version(),
                "deploy: start",
                "o1",
                shop.services(),
                shop.volumes(),
                shop.checkpoints(),
                shop.problems(),
                shop.createdAtMillis(),
                shop.owner(),
                shop.origin(),
                shop.life());
    }

    @Test
    void anUpgradeThatReplacesOneEndsThatFirst() {
        String cancel = "POST /v2/operations/o1/cancel";
        api.on("GET " + SHOP, changing())
                .on("GET /v2/operations/o1?wait=0", Things.operation("running", ""))
                .on("GET /v2/operations/o1?wait=1", Things.operation("cancelled", "cancelled by root"))
                .on(cancel, Things.operation("cancelling", ""))
                .on("POST " + SHOP + "/upgrade?dryRun=false", PLANNED);

        terminal.run("upgrade", "-e", "shop", "web", "--image", "web:3", "--replace");

        List<String> asked = api.asked();
        int ended = IntStream.range(0, asked.size())
                .filter(i -> asked.get(i).startsWith(cancel))
                .findFirst()
                .orElse(-1);
        assertThat(ended).isNotNegative();
        assertThat(asked.subList(ended, asked.size()))
                .anyMatch(call -> call.startsWith("POST " + SHOP + "/upgrade") && call.contains("web:3"));
        assertThat(terminal.run("upgrade", "-e", "shop", "web", "--undo", "--replace"))
                .isEqualTo(2);
    }

    @Test
    void rollBackTakesTheDataAlongIfAsked() {
        api.on("POST " + SHOP + "/release?dryRun=true", PLANNED);
        assertThat(terminal.run("rollback", "shop/web", "--release", "3", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"releases\":{\"web\":3}").doesNotContain("\"withData\":true");
        assertThat(terminal.run("rollback", "shop/web", "--release", "3", "--with-data", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"releases\":{\"web\":3}", "\"withData\":true");
        assertThat(terminal.run("rollback", "shop/web", "--with-data", "--to", "10m ago"))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("--with-data goes with --release only");
    }

    @Test
    void refusesWhatContradictsItself() {
        assertThat(terminal.run("upgrade", "-e", "shop", "web", "db", "--image", "web:2"))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("--image is for one service; there are 2");
        assertThat(terminal.run("upgrade", "-e", "shop", "web", "--image", "web:2", "--undo"))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("--image and --undo exclude each other");
        assertThat(terminal.run("scale", "-e", "shop", "web:3")).isEqualTo(2);
        assertThat(terminal.err()).contains("A scale is SERVICE=NUMBER, such as web=8, not \"web:3\"");
        assertThat(terminal.run("rollback", "-e", "shop", "--release", "3")).isEqualTo(2);
        assertThat(terminal.err()).contains("Of which service? flocker rollback SERVICE --release 3");
        assertThat(terminal.run("rollback", "shop/web", "--release", "3", "--to", "10m ago"))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("--release goes with a service only");
    }

    @Test
    void scaleAsksForAllAtOnce() {
        api.on("POST " + SHOP + "/scale?dryRun=true", PLANNED);
        assertThat(terminal.run("scale", "-e", "shop", "web=8", "db=0", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"scale\":{\"db\":0,\"web\":8}");
    }

    @Test
    void rollbackRunsAnEarlierReleaseAgain() {
        api.on("POST " + SHOP + "/release?dryRun=true", PLANNED);
        assertThat(terminal.run("rollback", "shop/web", "--release", "3", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"releases\":{\"web\":3}");
        assertThat(terminal.run("rollback", "-e", "shop", "web", "--release", "2", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"releases\":{\"web\":2}");
    }

    @Test
    void historyShowsTheNewestFirst() {
        api.on(
                "GET " + SHOP + "/services/web/releases",
                new Answers.Releases(List.of(
                        new Status.Release("web", 3, "web:2", "", "failed", 0, Things.NOW - 60_000, "o3"),
                        new Status.Release("web", 2, "web:1", "sha256:ab", "current", 4, Things.NOW - 120_000, "o2"))));
        assertThat(terminal.run("history", "-e", "shop", "web")).isZero();
        assertThat(terminal.out().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly(
                        "RELEASE STATE INSTANCES CREATED IMAGE",
                        "3 failed 0 1 minute ago web:2",
                        "2 current 4 2 minutes ago web:1@sha256:ab");
        assertThat(terminal.run("history", "-e", "shop", "web", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"digest\"", "sha256:ab");
    }
}
