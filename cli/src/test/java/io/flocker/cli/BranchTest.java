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

/// Commands about branches: what they ask for, what they show, and what they refuse by themselves.
final class BranchTest {
    private static final String ALICE = "/v2/environments/alice";
    private static final String SHOP = "/v2/environments/shop";

    @TempDir
    Path root;

    private FakeApi api;
    private Terminal terminal;

    @BeforeEach
    void start() throws IOException {
        api = FakeApi.start(root);
        terminal = new Terminal(root);
        api.on("GET " + SHOP, Things.shop()).on("GET " + ALICE, Things.branch());
        api.on("GET /v2/environments", new Answers.Environments(List.of(Things.branch(), Things.shop())));
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private static Answers.Branches planned(String... names) {
        return new Answers.Branches(List.of(names).stream()
                .map(name -> new Answers.Branch(name, "", List.of("+ environment " + name), ""))
                .toList());
    }

    @Test
    void makesBranchesOfAllTheNamesThatAreSaid() {
        api.on("POST " + SHOP + "/branches?dryRun=true", planned("bob", "carol", "dev-1", "dev-2"));
        assertThat(terminal.run(
                        "env",
                        "branch",
                        "shop",
                        "bob",
                        "--names",
                        "carol",
                        "--count",
                        "2",
                        "--prefix",
                        "dev-",
                        "--from",
                        "fresh",
                        "--set",
                        "web.image=shop/web:2",
                        "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast())
                .contains("\"names\":[\"bob\",\"carol\",\"dev-1\",\"dev-2\"]", "\"checkpoint\":\"fresh\"")
                .contains("\"set\":{\"web.image\":\"shop/web:2\"}");
        assertThat(terminal.out()).contains("+ environment bob\n", "+ environment dev-2\n");
    }

    @Test
    void oneOfManyThatIsThereAlreadyIsLeftAsItIs() {
        api.on("POST " + SHOP + "/branches?dryRun=true", planned("bob"));
        assertThat(terminal.run("env", "branch", "shop", "alice", "bob", "--dry-run"))
                .isZero();
        assertThat(terminal.out()).startsWith("alice is a branch of shop already\n");
        assertThat(api.asked().getLast()).contains("\"names\":[\"bob\"]");
    }

    @Test
    void ofACheckpointTheyAreAskedForAtOnceAndThoseThatAreThereAreLeftAsTheyAre() {
        api.on(
                "POST " + SHOP + "/branches?dryRun=false",
                new Answers.Branches(List.of(
                        new Answers.Branch("alice", "", List.of(), "There is an environment alice"),
                        new Answers.Branch("bob", "o1", List.of(), ""))));
        assertThat(terminal.run("env", "branch", "shop", "alice", "bob", "--from", "fresh", "--detach"))
                .isZero();
        assertThat(api.asked().getFirst()).contains("\"names\":[\"alice\",\"bob\"]");
        assertThat(terminal.out()).isEqualTo("alice is a branch of shop already\nOperation o1\n");
    }

    @Test
    void tellsWhichOfManyWereNotMade() {
        api.on(
                "POST " + SHOP + "/branches?dryRun=false",
                new Answers.Branches(List.of(
                        new Answers.Branch("bob", "o1", List.of(), ""),
                        new Answers.Branch("carol", "", List.of(), "There is no free port left"))));
        assertThat(terminal.run("env", "branch", "shop", "bob", "carol", "--detach"))
                .isNotZero();
        assertThat(terminal.out()).contains("Operation o1\n");
        assertThat(terminal.err())
                .contains("carol: There is no free port left")
                .contains("the same command again makes the rest");
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThat(terminal.run("env", "branch", "shop")).isNotZero();
        assertThat(terminal.err()).contains("What are the branches to be called?");
        assertThat(terminal.run("env", "branch", "shop", "--count", "3")).isNotZero();
        assertThat(terminal.err()).contains("--count and --prefix go together");
        assertThat(terminal.run("env", "branch", "shop", "bob", "--set", "wbe.image=x"))
                .isNotZero();
        assertThat(terminal.err()).contains("shop has no service \"wbe\"; did you mean \"web\"?");
        assertThat(terminal.run("env", "reset", "shop")).isNotZero();
        assertThat(terminal.err()).contains("shop is not a branch: say with --to");
        assertThat(terminal.run("env", "rm", "shop")).isNotZero();
        assertThat(terminal.err()).contains("shop is not a branch: flocker down -e shop --volumes");
    }

    @Test
    void portsAreFreeOnesOrARefusal() {
        api.on("POST " + SHOP + "/branches?dryRun=true", planned("bob"));
        assertThat(terminal.run("env", "branch", "shop", "bob", "--dry-run")).isZero();
        assertThat(api.asked().getLast()).contains("\"refusePorts\":false");
        assertThat(terminal.run("env", "branch", "shop", "bob", "--ports", "refuse", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"refusePorts\":true");
        assertThat(terminal.run("env", "branch", "shop", "bob", "--ports", "other"))
                .isNotZero();
        assertThat(terminal.err()).contains("it is free or refuse, not \"other\"");
    }

    @Test
    void aFileSaysWhatBranchesHaveOtherwise() throws IOException {
        api.on("POST " + SHOP + "/branches?dryRun=true", planned("bob"));
        Files.writeString(root.resolve("overlay.yaml"), """
                x-own: anything
                services:
                  web:
                    image: shop/web:2
                    environment: {RAILS_ENV: staging, DEBUG: ""}
                    deploy: {replicas: 2}
                  db:
                    environment: [MODE=a=b]
                """);
        assertThat(terminal.run(
                        "env", "branch", "shop", "bob", "-f", "overlay.yaml", "--set", "web.replicas=3", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast())
                .contains("\"set\":{\"db.environment.MODE\":\"a=b\",\"web.environment.DEBUG\":\"\","
                        + "\"web.environment.RAILS_ENV\":\"staging\",\"web.image\":\"shop/web:2\","
                        + "\"web.replicas\":\"3\"}");
    }

    @Test
    void aFileThatSaysAnythingElseIsRefusedWithItsLines() throws IOException {
        Files.writeString(root.resolve("overlay.yaml"), """
                volumes: {}
                services:
                  wbe: {image: x}
                  web:
                    image: "shop web"
                    ports: ["80:80"]
                    environment: {MODE: }
                    deploy: {replicas: many, mode: global}
                """);
        assertThat(terminal.run("env", "branch", "shop", "bob", "-f", "overlay.yaml"))
                .isNotZero();
        assertThat(terminal.err())
                .contains("overlay.yaml:1:", "volumes is not a key of an overlay, which says image, environment and")
                .contains("overlay.yaml:3:", "services.wbe is not a service of the origin", "did you mean \"web\"?")
                .contains("overlay.yaml:5:", "services.web.image is not the name of an image")
                .contains("overlay.yaml:6:", "services.web.ports is not a key of an overlay")
                .contains("overlay.yaml:7:", "services.web.environment.MODE has no value")
                .contains(
                        "overlay.yaml:8:", "replicas must be a whole number", "services.web.deploy.mode is not a key");
        assertThat(terminal.run("env", "branch", "shop", "bob", "-f", "gone.yaml"))
                .isNotZero();
        assertThat(terminal.err()).contains("gone.yaml").contains("does not exist");
        assertThat(api.asked()).noneMatch(call -> call.startsWith("POST"));
    }

    @Test
    void resetGoesBackToHowTheBranchWasMade() {
        api.on("POST " + ALICE + "/rollback?dryRun=true", new Answers.Change("", List.of("~ volume data")));
        assertThat(terminal.run("env", "reset", "alice", "--dry-run")).isZero();
        assertThat(api.asked()).anyMatch(call -> call.contains("\"checkpoint\":\"origin\""));
        assertThat(terminal.run("env", "reset", "alice", "--to", "before-x", "--dry-run"))
                .isZero();
        assertThat(api.asked()).anyMatch(call -> call.contains("\"checkpoint\":\"before-x\""));
    }

    @Test
    void refreshAndSetAskForWhatIsSaid() {
        api.on("POST " + ALICE + "/refresh?dryRun=true", new Answers.Change("", List.of("~ environment alice")))
                .on("POST " + ALICE + "/set?dryRun=true", new Answers.Change("", List.of("~ service web")));
        assertThat(terminal.run("env", "refresh", "alice", "--to", "fresh", "--dry-run"))
                .isZero();
        assertThat(api.asked()).anyMatch(call -> call.contains("\"checkpoint\":\"fresh\""));
        assertThat(terminal.run("env", "set", "alice", "web.replicas=2", "--dry-run"))
                .isZero();
        assertThat(api.asked().getLast()).contains("\"overrides\":{\"web.replicas\":\"2\"}");
    }

    @Test
    void sayWhenBranchesSleepAndHowLongTheyLive() {
        Answers.Change done = new Answers.Change("", List.of("~ environment alice"));
        api.on("POST " + ALICE + "/pause?dryRun=false", done)
                .on("POST " + ALICE + "/wake?dryRun=true", done)
                .on("POST " + ALICE + "/life?dryRun=false", done);
        assertThat(terminal.run("env", "pause", "alice", "--detach")).isZero();
        assertThat(terminal.run("env", "wake", "alice", "--dry-run")).isZero();
        assertThat(terminal.run("env", "pause", "alice", "--after", "2h")).isZero();
        assertThat(api.asked().getLast()).contains("\"sleepAfterSeconds\":7200").doesNotContain("\"expires");
        assertThat(terminal.run("env", "extend", "alice")).isZero();
        assertThat(api.asked().getLast()).contains("\"expiresInSeconds\":604800");
        assertThat(terminal.run("env", "extend", "alice", "--expires", "0")).isZero();
        assertThat(api.asked().getLast()).contains("\"expiresInSeconds\":0");
        assertThat(terminal.run("env", "protect", "alice", "--off")).isZero();
        assertThat(api.asked().getLast()).contains("\"isProtected\":false");
        assertThat(terminal.run("env", "extend", "alice", "--expires", "soon")).isNotZero();
        assertThat(terminal.err()).contains("a length of time is like 90, 10m or 1h30m");
    }

    @Test
    void whoPausesWaitsUntilNothingRunsAnyMore() {
        String bob = "/v2/environments/bob";
        api.on("POST " + bob + "/pause?dryRun=false", new Answers.Change("", List.of("~ environment bob")))
                .on("GET " + bob, Things.branch("stopping"))
                .on("GET " + bob, Things.branch("stopping"))
                .on("GET " + bob, Things.branch("asleep"));
        assertThat(terminal.run("env", "pause", "bob")).isZero();
        assertThat(api.asked().stream().filter(("GET " + bob)::equals)).hasSize(3);
    }

    @Test
    void oneThatIsRefusedDoesNotKeepTheOthersFromBeingRefreshed() {
        api.on("GET /v2/environments/bob", Things.branch())
                .on("POST " + ALICE + "/refresh?dryRun=true", new Answers.Change("", List.of("~ environment alice")));
        assertThat(terminal.run("env", "refresh", "bob", "alice", "--to", "fresh", "--dry-run"))
                .isNotZero();
        assertThat(terminal.out()).contains("~ environment alice");
        assertThat(terminal.err()).contains("bob: ");
    }

    @Test
    void showsWhoseBranchesThereAreAndHowTheyDiffer() {
        api.on("GET /v2/volumes?usage=true", new Answers.Volumes(List.of(Things.volume("data"))))
                .on(
                        "GET " + ALICE + "/differences",
                        new Answers.Differences(
                                "alice",
                                new Status.Origin("shop", "before", Things.NOW - 30 * Things.MINUTE),
                                List.of(new Answers.Difference("web.image", "shop/web:1", "shop/web:2")),
                                List.of(Things.volume("data")),
                                List.of()));
        assertThat(terminal.run("env", "ls")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                ENVIRONMENT   OWNER   ORIGIN        AGE         EXPIRES     STATE      OWN DATA   ADDRESSES
                alice         ann     shop@before   3 minutes   in 3 days   running    0B         web port 8080
                shop          ann     -             2 days      -           degraded   4.0K       web port 8080
                """);
        assertThat(terminal.run("env", "diff", "alice")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                alice is a branch of shop@before, taken 30 minutes ago

                WHAT        IN shop@before   IN alice
                web.image   shop/web:1       shop/web:2

                VOLUME   HOLDS   OF ITS OWN
                data     1.5G    4.0K
                """);
    }

    @Test
    void tellsWhichFilesDifferIfAsked() {
        var files = List.of(new Answers.ChangedFile("base/1", "modified"), new Answers.ChangedFile("new", "added"));
        api.on(
                "GET " + ALICE + "/differences?files=true",
                new Answers.Differences(
                        "alice",
                        new Status.Origin("shop", "before", Things.NOW - 30 * Things.MINUTE),
                        List.of(),
                        List.of(),
                        List.of(
                                new Answers.VolumeFiles("data", files, true, ""),
                                new Answers.VolumeFiles("pages", List.of(), false, "node n2 does not answer"))));
        assertThat(terminal.run("env", "diff", "alice", "--files")).isZero();
        assertThat(terminal.out()).endsWith("""

                VOLUME   CHANGE     FILE
                data     modified   base/1
                data     added      new
                Not all files of volume data are shown
                Which files of volume pages differ is not known: node n2 does not answer
                """);
    }

    @Test
    void removesWhatIsGoneAlreadyIfToldSo() {
        assertThat(terminal.run("env", "rm", "gone")).isNotZero();
        assertThat(terminal.run("env", "rm", "--if-exists", "gone")).isZero();
        assertThat(terminal.out()).contains("gone is gone already");
    }

    @Test
    void showsOneBranchWithWhatItHasOfItsOwn() {
        api.on(
                "GET " + ALICE + "/differences",
                new Answers.Differences(
                        "alice",
                        new Status.Origin("shop", "before", Things.NOW - 30 * Things.MINUTE),
                        List.of(new Answers.Difference("web.image", "shop/web:1", "shop/web:2")),
                        List.of(Things.volume("data")),
                        List.of()));
        assertThat(terminal.run("env", "show", "alice")).isZero();
        assertThat(terminal.out()).isEqualTo("""
                ENVIRONMENT   alice
                state         running
                owner         ann
                origin        shop@before, taken 30 minutes ago
                made          3 minutes ago
                expires       in 3 days
                sleeps        never by itself

                SERVICE   IMAGE        INSTANCES   ADDRESSES
                db        acme/db:1    1/1         -
                web       acme/web:1   1/2         port 8080

                SET OTHERWISE   IN THE ORIGIN   HERE
                web.image       shop/web:1      shop/web:2

                VOLUME   NODE   HOLDS   OF ITS OWN
                data     n1     1.5G    4.0K

                CHECKPOINT   TAKEN            STATE
                before       30 minutes ago   complete
                """);
        assertThat(terminal.run("env", "show", "alice", "-o", "json")).isZero();
        assertThat(terminal.out()).contains("\"exclusiveBytes\" : 4096", "\"key\" : \"web.image\"");
    }

    @Test
    void showsAnEnvironmentThatIsNotABranch() {
        api.on("GET /v2/volumes?environment=shop&usage=true", new Answers.Volumes(List.of(Things.volume("data"))));
        assertThat(terminal.run("env", "show", "shop")).isZero();
        assertThat(terminal.out())
                .contains(
                        "origin        none: it is not a branch\n",
                        "expires       never\n",
                        "data     n1     1.5G    4.0K\n")
                .doesNotContain("SET OTHERWISE");
    }
}
