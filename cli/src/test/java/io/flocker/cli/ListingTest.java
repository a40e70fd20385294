package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.core.model.Event;
import io.flocker.core.model.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What commands that list or show print.
final class ListingTest {
    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
        api.on("GET /v2/environments", new Answers.Environments(List.of(Things.shop())));
        api.on("GET /v2/environments/shop", Things.shop());
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void prints(String text, String... arguments) {
        assertThat(terminal.run(arguments)).as(terminal.err()).isZero();
        assertThat(terminal.out()).isEqualTo(text);
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void environments() {
        prints("""
                ENVIRONMENT   STATE      SERVICES   VOLUMES   CREATED
                shop          degraded   2          1         2 days ago
                """, "ls");
        prints("shop\n", "ls", "-q");
    }

    @Test
    void instancesOfTheOnlyEnvironment() {
        prints("""
                INSTANCE   IMAGE        RELEASE   NODE   STATE            SINCE           CONTAINER
                db.1       acme/db:1    2         n1     healthy          5 minutes ago   0123456789ab
                web.1      acme/web:1   2         n1     running          5 minutes ago   0123456789ab
                web.2      acme/web:1   2         n1     restarting (1)   1 minute ago    0123456789ab
                """, "ps");
        prints("shop/db.1\nshop/web.1\nshop/web.2\n", "ps", "-qa");
    }

    @Test
    void anEnvironmentWithItsProblems() {
        api.on("GET /v2/environments/sick", Things.withProblem(Things.shop()));
        api.on("GET /v2/operations/o1?wait=0", Things.operation("running", ""));
        prints("""
                shop: degraded, version 7
                operation o1: deploy by admin, start, for 1 minute, waits for web.2

                SERVICE   IMAGE        RELEASE   SERVING   STATE                     REACHED AT
                db        acme/db:1    2         1/1       healthy                   -
                web       acme/web:1   2         1/2       running, restarting (1)   8080->80/tcp

                VOLUME      PRIMARY   LIMIT   SNAPSHOTS   STATE
                shop/data   n1        10G     2           ready

                Problems:
                  shop/web.2: start failed 3 times: port 8080 is taken by nginx; tried again in 9 seconds
                """, "status", "sick");
    }

    @Test
    void theWholeCluster() {
        api.on("GET /v2/nodes", new Answers.Nodes(List.of(Things.node())));
        prints("""
                ENVIRONMENT   STATE      SERVICES   VOLUMES   CREATED
                shop          degraded   2          1         2 days ago

                NODE   STATE   CONTROL   ADDRESS    INSTANCES   VOLUMES   CPUS RESERVED   MEMORY RESERVED   POOL FREE     LAST SEEN      LABELS
                n1     ready   leader    10.0.0.1   3           1         0.5 of 2        1.0G of 8.0G      60G of 100G   1 second ago   datacenter=fra
                """, "status");
    }

    @Test
    void snapshotsAndCheckpoints() {
        api.on("GET /v2/volumes?environment=shop", new Answers.Volumes(List.of(Things.volume("data"))));
        api.on(
                "GET /v2/volumes/shop/data/snapshots",
                new Answers.Snapshots(List.of(
                        Things.snapshot(5, "monday", Snapshot.Origin.USER, Things.NOW - Things.MINUTE),
                        Things.snapshot(6, "", Snapshot.Origin.BEFORE_ROLLBACK, Things.NOW - 1_000))));
        prints("""
                SNAPSHOT        NAME     BY                TAKEN          STATE   PAUSE
                shop/data@3.5   monday   user              1 minute ago   ready   1.5 ms
                shop/data@3.6   -        before rollback   1 second ago   ready   1.5 ms
                """, "snapshot", "ls");
        prints("shop/data@3.5\nshop/data@3.6\n", "snapshot", "ls", "-q", "shop/data");
        prints("""
                CHECKPOINT    TAKEN            STATE      VOLUMES   RELEASES   PAUSE     PROBLEM
                shop@before   30 minutes ago   complete   1         web 2      12.3 ms   -
                """, "checkpoint", "ls");
    }

    @Test
    void aVolumeInEveryForm() {
        api.on("GET /v2/volumes/shop/data", Things.volume("data"));
        prints("""
                VOLUME       shop/data
                ID           shop.data
                STATE        ready
                PROBLEM      -
                PRIMARY      n1
                EPOCH        3
                LIMIT        10G
                USED         1.5G
                OF ITS OWN   4.0K
                SNAPSHOTS    2
                CREATED      1 hour ago
                """, "volume", "inspect", "data");
        assertThat(terminal.run("volume", "inspect", "data", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"sizeBytes\" : 10737418240");
        assertThat(terminal.run("volume", "inspect", "data", "-o", "yaml")).isZero();
        assertThat(terminal.out()).contains("sizeBytes: 10737418240\n", "primary: n1\n");
        assertThat(terminal.run("volume", "inspect", "data", "-o", "xml")).isEqualTo(2);
    }

    @Test
    void operations() {
        Status.Operation done = Things.operation("done", "");
        api.on("GET /v2/operations", new Answers.Operations(List.of(done)));
        prints("""
                OPERATION   ENVIRONMENT   VERB     STATE   PHASE   BY      STARTED        TOOK
                o1          shop          deploy   done    -       admin   1 minute ago   12 seconds
                """, "op", "ls");
    }

    @Test
    void servicesWhoseNumbersNobodySays() {
        Status.Environment shop = Things.shop(
                "running",
                Things.following("web", Status.Service.LOAD),
                Things.following("worker", Status.Service.CORES),
                Things.following("agent", Status.Service.NODES));
        api.on("GET /v2/environments", new Answers.Environments(List.of(shop)));
        terminal.run("ls", "-q");
        assertThat(terminal.run("ls")).isZero();
        assertThat(terminal.out()).contains("3 (web by load, worker by cores)");
        assertThat(terminal.run("ps", "-a")).isZero();
        assertThat(terminal.err())
                .contains("shop/web follows its load")
                .contains("shop/worker runs one instance for each core")
                .doesNotContain("agent");
    }

    @Test
    void operationsThatWait() {
        api.on("POST /v2/operations/o1/pause", Things.operation("paused", ""));
        api.on("POST /v2/operations/o1/resume", Things.operation("running", ""));
        prints("Operation o1 (deploy of shop) is paused; flocker op resume o1 has it go on\n", "op", "pause", "o1");
        prints("Operation o1 (deploy of shop) is running\n", "op", "resume", "o1");
        api.on("GET /v2/operations", new Answers.Operations(List.of(Things.operation("paused", ""))));
        prints("""
                OPERATION   ENVIRONMENT   VERB     STATE    PHASE   BY      STARTED        TOOK
                o1          shop          deploy   paused   start   admin   1 minute ago   1 minute
                """, "op", "ls");
    }

    @Test
    void events() {
        api.on(
                "GET /v2/events?since=0&wait=0",
                new Answers.Events(List.of(
                        new Event(1, Things.NOW, "shop", "shop/web", "web is up"),
                        new Event(2, Things.NOW, "", "node n1", "n1 is silent"))));
        prints("2026-01-31T12:00:00Z  node n1: n1 is silent\n", "events", "--tail", "1");
    }

    @Test
    void versions() {
        api.on("GET /v2/version", new Answers.Version("1.0", "v2"));
        prints("client    development\ncluster   1.0, API v2\n", "version");
    }

    @Test
    void logsWithTheirInstances() {
        String path = "GET /v2/environments/shop/instances/";
        api.on(path + "web.1/logs?follow=false&timestamps=false&tail=2", "one\ntwo\n".getBytes(StandardCharsets.UTF_8));
        prints("web.1 | one\nweb.1 | two\n", "logs", "--tail", "2", "web.1");
        assertThat(terminal.run("logs", "wbe")).isEqualTo(2);
        assertThat(terminal.err()).isEqualTo("flocker: Environment shop has no service wbe; it has db, web\n");
    }
}
