package io.flocker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands that change something, and their exit codes.
final class ChangeTest {
    private static final String SHOP = "/v2/environments/shop";
    private static final String OPERATION = "GET /v2/operations/o1?wait=1";
    private static final Answers.Change STARTED = new Answers.Change("o1", List.of("+ service web"));

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
        Files.writeString(root.resolve("compose.yaml"), """
                name: shop
                services:
                  web:
                    image: acme/web:1
                """);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static Status.Environment web(String state) {
        return Things.shop("deploy: start", Things.service("web", 1, state.equals("healthy") ? 1 : 0, state));
    }

    @Test
    void upFollowsEachService() {
        api.on("PUT " + SHOP + "?dryRun=false", STARTED)
                .on(OPERATION, Things.operation("running", ""))
                .on(OPERATION, Things.operation("running", ""))
                .on(OPERATION, Things.operation("running", ""))
                .on(OPERATION, Things.operation("done", ""))
                .on("GET " + SHOP, web("pulling"))
                .on("GET " + SHOP, web("starting"))
                .on("GET " + SHOP, web("starting"))
                .on("GET " + SHOP, web("healthy"));
        assertThat(terminal.run("up")).isZero();
        assertThat(terminal.out()).isEqualTo("+ service web\nDone: deploy of shop in 12 seconds\n");
        assertThat(terminal.err()).isEqualTo("web: pulling\nweb: starting\nweb: healthy\n");
        assertThat(api.asked().getFirst()).contains("\"image\":\"acme/web:1\"");
    }

    @Test
    void upDrawsAnewOnATerminal() {
        api.on("PUT " + SHOP + "?dryRun=false", STARTED)
                .on(OPERATION, Things.operation("running", ""))
                .on(OPERATION, Things.operation("done", ""))
                .on("GET " + SHOP, web("pulling"))
                .on("GET " + SHOP, web("healthy"));
        assertThat(terminal.interactive().run("up")).isZero();
        assertThat(terminal.err())
                .contains("shop: deploy, start, 1 minute; waits for web.2\n")
                .contains("\033[2A\033[J", "\033[32m+\033[0m web  healthy");
        assertThat(terminal.variable("NO_COLOR", "1").run("up")).isZero();
        assertThat(terminal.err()).doesNotContain("\033[32m");
    }

    @Test
    void upFailsAsTheOperationDoes() {
        api.on("PUT " + SHOP + "?dryRun=false", STARTED)
                .on(OPERATION, Things.operation("failed", "web.1 never became healthy"))
                .on("GET " + SHOP, web("unhealthy"));
        assertThat(terminal.run("up")).isEqualTo(1);
        assertThat(terminal.err())
                .endsWith("flocker: deploy of shop failed after 12 seconds: web.1 never became healthy; flocker status"
                        + " shop tells how things are\n");
    }

    @Test
    void detaches() {
        api.on("PUT " + SHOP + "?dryRun=false", STARTED);
        assertThat(terminal.run("up", "-d")).isZero();
        assertThat(terminal.out()).isEqualTo("+ service web\nOperation o1\n");
    }

    @Test
    void diffExitsOneForChangesOnly() {
        api.on("PUT " + SHOP + "?dryRun=true", new Answers.Change("", List.of("+ service web")))
                .on("PUT " + SHOP + "?dryRun=true", new Answers.Change("", List.of("  volume old is kept")));
        assertThat(terminal.run("diff")).isEqualTo(1);
        assertThat(terminal.out()).isEqualTo("+ service web\n");
        assertThat(terminal.run("diff")).isZero();
    }

    @Test
    void refusalsExitThree() {
        api.refuse("DELETE " + SHOP + "?volumes=true&dryRun=false", 409, "shop is being deployed");
        assertThat(terminal.run("down", "--volumes")).isEqualTo(3);
        assertThat(terminal.err()).isEqualTo("flocker: shop is being deployed\n");
    }

    @Test
    void badFilesExitTwo() throws IOException {
        Files.writeString(root.resolve("compose.yaml"), "services:\n  web:\n    image: x\n    prots: []\n");
        assertThat(terminal.run("up")).isEqualTo(2);
        assertThat(terminal.err()).startsWith("compose.yaml:4:5: ");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void badCommandLinesExitTwo() {
        assertThat(terminal.run("up", "--fast")).isEqualTo(2);
        assertThat(terminal.err()).isEqualTo("flocker: Unknown option: '--fast'; see flocker up --help\n");
        assertThat(terminal.run("frobnicate")).isEqualTo(2);
    }

    @Test
    void unreachableExitsFour() {
        api.close();
        assertThat(terminal.run("ls")).isEqualTo(4);
        assertThat(terminal.err()).startsWith("flocker: Cannot reach Flocker at https://127.0.0.1:");
        assertThat(terminal.err().lines()).hasSize(1);
        assertThat(terminal.run("ls", "--credentials", "nowhere")).isEqualTo(4);
    }

    @Test
    void asksWhichEnvironment() throws IOException {
        Files.delete(root.resolve("compose.yaml"));
        Status.Environment other = Things.shop();
        api.on("GET /v2/environments", new Answers.Environments(List.of(Things.shop(), other)));
        assertThat(terminal.run("ps")).isEqualTo(2);
        assertThat(terminal.err()).isEqualTo("flocker: Which environment? Say one with -e: shop, shop\n");
    }

    @Test
    void makesVolumesAndSnapshots() {
        api.on("POST /v2/volumes", Things.volume("data"));
        assertThat(terminal.run("volume", "create", "data", "--size", "10G")).isZero();
        assertThat(terminal.run("volume", "clone", "data", "other/copy", "--snapshot", "3.5"))
                .isZero();
        assertThat(terminal.out()).isEqualTo("other/copy\n");
        assertThat(api.asked().getFirst()).contains("\"sizeBytes\":10737418240");
        assertThat(api.asked().getLast())
                .contains("\"cloneOf\":\"shop/data\"", "\"snapshot\":\"3.5\"", "\"environment\":\"other\"");
        assertThat(terminal.run("snapshot", "rm", "data")).isEqualTo(2);
    }

    @Test
    void moves() {
        api.on("POST " + SHOP + "/move?dryRun=true", new Answers.Change("", List.of("~ service db: n1 -> n2")));
        assertThat(terminal.run("move", "-e", "shop", "--dry-run", "db", "n2")).isZero();
        assertThat(terminal.out()).isEqualTo("~ service db: n1 -> n2\n");
        assertThat(api.asked().getLast()).contains("\"service\":\"db\"", "\"to\":\"n2\"");
    }

    @Test
    void pinsServicesAsADeploymentFileSays() throws IOException {
        Files.writeString(root.resolve("deployment.yml"), "version: 1\nnodes:\n  n1: [web]\n  n2: {web: 2}\n");
        api.on("PUT " + SHOP + "?dryRun=true", new Answers.Change("", List.of("+ service web")));
        assertThat(terminal.run("up", "-d", "deployment.yml", "--dry-run")).isZero();
        assertThat(api.asked().getLast()).contains("\"pins\":{\"n1\":1,\"n2\":2}", "\"scale\":3");
    }

    @Test
    void pinsAServiceOnceForEachCoreOfSomeNodes() throws IOException {
        Files.writeString(
                root.resolve("deployment.yml"), "version: 1\nnodes:\n  n1: {web: per_core}\n  n2: {web: 2}\n");
        api.on("PUT " + SHOP + "?dryRun=true", new Answers.Change("", List.of("+ service web")));
        assertThat(terminal.run("up", "-d", "deployment.yml", "--dry-run")).isZero();
        assertThat(api.asked().getLast())
                .contains("\"pins\":{\"n1\":2147483647,\"n2\":2}", "\"global\":true", "\"perCore\":true");
    }

    @Test
    void aServiceWithDataIsNotThereOnceForEachCore() throws IOException {
        Files.writeString(
                root.resolve("data.yaml"),
                "services: {db: {image: x, volumes: [\"data:/data\"]}}\nvolumes: {data: }\n");
        Files.writeString(root.resolve("deployment.yml"), "version: 1\nnodes:\n  n1: {db: per_core}\n");
        assertThat(terminal.run("up", "-f", "data.yaml", "-d", "deployment.yml"))
                .isEqualTo(2);
        assertThat(terminal.err())
                .contains("deployment.yml:3:12: nodes.n1.db cannot be per_core")
                .contains("only one of a node can have volume data");
        assertThat(api.asked()).isEmpty();
    }

    @Test
    void aServiceOnEveryNodeIsNotForADeploymentFile() throws IOException {
        Files.writeString(root.resolve("everywhere.yaml"), "services: {web: {image: x, deploy: {mode: global}}}\n");
        Files.writeString(root.resolve("deployment.yml"), "version: 1\nnodes:\n  n1: [web]\n");
        assertThat(terminal.run("up", "-f", "everywhere.yaml", "-d", "deployment.yml"))
                .isEqualTo(2);
        assertThat(terminal.err()).contains("deployment.yml:3:8").contains("runs on every node (deploy.mode: global)");
        assertThat(api.asked()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodes: {n1: [web]}                  | deployment.yml:1:1: must say version: 1",
                "{version: 2, nodes: {}}             | version must be",
                "version: 1                          | must say which nodes run what",
                "{version: 1, nodes: {n1: [wbe]}}    | which the application does not have; did you mean \"web\"?",
                "{version: 1, nodes: {n1: {web: x}}} | n1.web must be a number of instances, or per_core",
                "{version: 1, nodes: {n1: {web: 1.5}}} | n1.web must be a whole number",
                "{version: 1, nodes: {n1: {web: per-core}}} | did you mean \"per_core\"?",
                "{version: 1, nods: {}}              | did you mean \"nodes\"?",
                "[]                                  | must be a map, not a list",
            })
    void saysWhatIsWrongWithADeploymentFile(String text, String complaint) throws IOException {
        Files.writeString(root.resolve("deployment.yml"), text);
        assertThat(terminal.run("up", "-d", "deployment.yml")).isEqualTo(2);
        assertThat(terminal.err()).contains("deployment.yml:").contains(complaint);
        assertThat(api.asked()).isEmpty();
    }
}
