package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import io.flocker.core.model.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `flocker rollback` asks the API for.
final class RollBackTest {
    private static final String DRY = "POST /v2/environments/shop/rollback?dryRun=true";

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
        api.on("GET /v2/environments/shop", Things.shop())
                .on(DRY, new Answers.Change("", List.of("~ volume data back to snapshot 3.5")))
                .on(
                        "GET /v2/volumes/shop/data/snapshots",
                        new Answers.Snapshots(List.of(
                                Things.snapshot(5, "monday", Snapshot.Origin.USER, Things.NOW - 50 * Things.MINUTE),
                                Things.snapshot(6, "", Snapshot.Origin.BEFORE_ROLLBACK, Things.NOW))));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop@before|'' | \"checkpoint\":\"before\"",
                "shop       | before | \"checkpoint\":\"before\"",
                "shop       | 10m ago | \"atMillis\":1769860200000",
                "shop       | 2026-01-31T11:50:00Z | \"atMillis\":1769860200000",
                "shop/db    | 10m ago | \"services\":[\"db\"]",
                "shop/db    | before | \"services\":[\"db\"]",
                "shop/data  | 3.5 | \"snapshots\":{\"data\":\"3.5\"}",
                "shop/data  | monday | \"snapshots\":{\"data\":\"monday\"}",
                "shop/data  | before | \"volumes\":[\"data\"]",
                "shop/data  | 10m ago | \"volumes\":[\"data\"]",
            })
    void asksFor(String target, String to, String body) {
        int exitCode = to.isEmpty()
                ? terminal.run("rollback", target, "--dry-run")
                : terminal.run("rollback", target, "--to", to, "--dry-run");
        assertThat(exitCode).as(terminal.err()).isZero();
        assertThat(api.asked().getLast()).startsWith(DRY).contains(body);
        assertThat(terminal.out()).isEqualTo("~ volume data back to snapshot 3.5\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shop",
                "/data --to 3.5",
                "shop/nothing --to before",
                "shop@before --to 3.5",
                "shop/db --as pod --to before"
            })
    void refuses(String words) {
        String[] arguments = ("rollback " + words).split(" ", -1);
        assertThat(terminal.run(arguments)).isEqualTo(2);
        assertThat(terminal.err().lines()).hasSize(1);
    }

    @Test
    void tellsHowToUndo() {
        api.on("POST /v2/environments/shop/rollback?dryRun=false", new Answers.Change("o1", List.of()))
                .on("GET /v2/operations/o1?wait=1", Things.operation("done", ""))
                .on("GET /v2/operations/o1?wait=0", Things.operation("done", ""));
        assertThat(terminal.run("rollback", "shop@before")).isZero();
        assertThat(terminal.out())
                .endsWith("What was in shop/data is kept; to undo: flocker rollback shop/data --to 3.6\n");
    }
}
