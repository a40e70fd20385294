package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.shell.ExitCode;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Quota;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands about users ask for and print.
final class UserTest {
    private static final long NOW = Terminal.NOW.toEpochMilli();
    private static final long HOUR = 3_600_000;

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

    private static Status.User alice() {
        return new Status.User(
                "alice",
                "developer",
                List.of(new Status.UserToken("t1", NOW + 25 * HOUR, "root", NOW - HOUR)),
                List.of("alice-1", "alice-2"),
                "root",
                NOW - HOUR);
    }

    @Test
    void addPrintsTheTokenAndNothingElse() {
        api.on("POST /v2/users", new Answers.NewUserToken(alice(), "t1", "flocker-user-1.x.y"));
        assertThat(terminal.run("user", "add", "alice", "--role", "developer", "--expires", "90d"))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.out()).isEqualTo("flocker-user-1.x.y\n");
        assertThat(api.asked().getFirst())
                .contains("\"name\":\"alice\"", "\"role\":\"developer\"", "\"lifeSeconds\":7776000");
        assertThat(terminal.run("user", "add", "alice")).isEqualTo(ExitCode.USAGE);
        assertThat(terminal.err()).contains("--role");
    }

    @Test
    void lsShowsATokenARow() {
        var old = new Status.User(
                "bot", "viewer", List.of(new Status.UserToken("t2", NOW - 1, "root", NOW)), List.of(), "root", NOW);
        var none = new Status.User("eve", "viewer", List.of(), List.of(), "root", NOW - HOUR);
        api.on("GET /v2/users", new Answers.Users(List.of(alice(), old, none)));
        assertThat(terminal.run("user", "ls")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                        USER    ROLE        TOKEN   EXPIRES    CREATED         BY     ENVIRONMENTS
                        alice   developer   t1      in 1 day   1 hour ago      root   alice-1, alice-2
                        bot     viewer      t2      expired    0 seconds ago   root   -
                        eve     viewer      -       -          1 hour ago      root   -
                        """);
    }

    @Test
    void changesAreTheApisCalls() {
        api.on("PATCH /v2/users/alice", alice())
                .on("DELETE /v2/users/alice/tokens", new Answers.Change("", List.of("- tokens of user alice")))
                .on("DELETE /v2/users/alice/tokens/t1", new Answers.Change("", List.of("- token t1 of user alice")))
                .on("POST /v2/users/alice/tokens", new Answers.NewUserToken(alice(), "t3", "flocker-user-1.a.b"))
                .on("DELETE /v2/users/alice", new Answers.Change("", List.of()))
                .on(
                        "POST /v2/environments/gift/owner?dryRun=true",
                        new Answers.Change("", List.of("~ environment gift is alice's; it was root's")));
        assertThat(terminal.run("user", "role", "alice", "developer")).isZero();
        assertThat(terminal.out()).isEqualTo("alice is developer\n");
        assertThat(terminal.run("user", "token", "alice")).isZero();
        assertThat(terminal.out()).isEqualTo("flocker-user-1.a.b\n");
        assertThat(terminal.run("user", "revoke", "alice")).isZero();
        assertThat(terminal.run("user", "revoke", "alice", "t1")).isZero();
        assertThat(terminal.run("user", "rm", "alice")).isZero();
        assertThat(terminal.run("env", "give", "gift", "alice", "--dry-run")).isZero();
        assertThat(terminal.out()).contains("gift is alice's");
        assertThat(api.asked())
                .contains("PATCH /v2/users/alice {\"role\":\"developer\"}")
                .contains("POST /v2/users/alice/tokens {\"lifeSeconds\":2592000}")
                .contains("POST /v2/environments/gift/owner?dryRun=true {\"owner\":\"alice\"}");
    }

    @Test
    void quotasAreShownBesideWhatThereIs() {
        long gib = 1L << 30;
        var limit = new Quota(3, 8 * gib, 0);
        var ofUser = new Status.Quota("alice", "", limit, 2, gib, OptionalLong.of(2 * gib));
        var ofOne = new Status.Quota("root", "staging", new Quota(0, 0, 20 * gib), 1, 0, OptionalLong.empty());
        api.on("GET /v2/quotas", new Answers.Quotas(List.of(ofUser, ofOne)))
                .on("PUT /v2/users/alice/quota", ofUser)
                .on("PUT /v2/environments/staging/quota", ofOne);
        assertThat(terminal.run("quota", "ls")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                        USER    ENVIRONMENT   ENVIRONMENTS   MEMORY         OWN DATA
                        alice   -             2 of 3         1.0G of 8.0G   2.0G
                        root    staging       -              0B             ? of 20G
                        """);
        assertThat(terminal.run("quota", "set", "alice", "--memory", "8G", "--environments", "3"))
                .isZero();
        assertThat(terminal.run("quota", "set", "--environment", "staging", "--data", "20G"))
                .isZero();
        assertThat(api.asked())
                .contains("PUT /v2/users/alice/quota {\"environments\":3,\"memoryBytes\":8589934592}")
                .contains("PUT /v2/environments/staging/quota {\"dataBytes\":21474836480}");
        assertThat(terminal.run("quota", "set", "alice", "-e", "staging", "--data", "1G"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(terminal.run("quota", "set", "alice")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void auditTellsWhoDidWhat() {
        String call = "GET /v2/audit?user=&environment=shop&since=" + (NOW - 2 * HOUR);
        api.on(
                call,
                new Answers.Audit(List.of(
                        new AuditEntry(1, NOW, "alice", "developer", "10.0.0.9", "PUT /v2/x", "shop", "", 1),
                        new AuditEntry(2, NOW, "eve", "viewer", "socket", "DELETE /v2/x", "shop", "no", 3))));
        assertThat(terminal.run("audit", "-e", "shop", "--since", "2h ago")).isZero();
        assertThat(terminal.out())
                .contains("2026-01-31T12:00:00Z   alice   developer   10.0.0.9   PUT /v2/x      shop          done")
                .contains("eve     viewer      socket     DELETE /v2/x   shop          refused (3 times): no");
        assertThat(terminal.run("audit", "-e", "shop", "--since", "2h ago", "-o", "json"))
                .isZero();
        assertThat(terminal.out()).startsWith("[").contains("\"times\" : 3");
        assertThat(terminal.run("audit", "--since", "soon")).isEqualTo(ExitCode.USAGE);
    }
}
