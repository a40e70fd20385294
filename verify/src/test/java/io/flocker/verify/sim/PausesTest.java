package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.plan.OperationProgress;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Operations that somebody has wait: nothing of them begins, however long, and whoever leads.
class PausesTest {
    private static final String NEXT = "next";
    private static final int INSTANCES = 4;
    private static final long LIMIT_MILLIS = 120_000;

    private final Timeline time = new Timeline(1);
    private final SimCluster cluster = new SimCluster(time, Faults.none(time));

    @Test
    void aRollOutStaysWhereItIsBeyondItsTimeLimitAndUnderAnotherLeader() {
        start(UpgradeSpec.DEFAULT);
        deploy("2", UpgradeSpec.DEFAULT);
        runUntil(() -> served("web").contains(2));
        accept(pause());
        pass(30_000);
        long there = web(2);
        assertThat(there).as("what had begun has ended").isBetween(1L, INSTANCES - 1L);
        assertThat(waiting()).contains("flocker op resume next, as ann paused it");

        cluster.leader.crash();
        pass(LIMIT_MILLIS);
        assertThat(operation().running()).isTrue();
        assertThat(web(2)).isEqualTo(there);
        assertThat(web(1)).isEqualTo(INSTANCES - there);

        accept(resume());
        runUntil(() -> !operation().running());
        assertThat(operation().state()).as(operation().error()).isEqualTo(Operation.State.DONE);
        cluster.settle();
        assertThat(web(2)).isEqualTo(INSTANCES);
    }

    @Test
    void nothingChangesWhileImagesArePulled() {
        start(UpgradeSpec.DEFAULT);
        deploy("2", UpgradeSpec.DEFAULT);
        accept(pause());
        pass(60_000);
        assertThat(operation().phase()).isEqualTo(Phase.PREPARE);
        assertThat(served("web")).containsExactly(1);
        accept(new Command.Cancel("ann", time.clock(), NEXT));
        assertThat(operation().state()).isEqualTo(Operation.State.CANCELLED);
        cluster.settle();
        assertThat(web(1)).isEqualTo(INSTANCES);
    }

    @Test
    void requestsAreNotSwitchedToTheNewSide() {
        var blueGreen = UpgradeSpec.DEFAULT.by(new Strategy.BlueGreen());
        start(blueGreen);
        deploy("2", blueGreen);
        runUntil(() -> web(2) > 0);
        accept(pause());
        pass(60_000);
        assertThat(web(2)).as("new ones, which are there").isEqualTo(INSTANCES);
        assertThat(served("web")).containsExactly(1);
        accept(resume());
        runUntil(() -> served("web").equals(Set.of(2)));
    }

    @Test
    void aCanaryServesOnAndGoesAtOnceIfItIsCancelled() {
        var canary = UpgradeSpec.DEFAULT.by(new Strategy.Canary(10, 10_000));
        start(canary);
        deploy("2", canary);
        runUntil(() -> served("web").contains(2));
        accept(pause());
        pass(60_000);
        assertThat(web(2)).as("canaries").isEqualTo(1);
        assertThat(web(1)).as("with the one that it is beside").isEqualTo(INSTANCES);
        assertThat(served("web")).containsExactly(1, 2);
        accept(new Command.Cancel("ann", time.clock(), NEXT));
        runUntil(() -> !operation().running());
        assertThat(operation().state()).isEqualTo(Operation.State.CANCELLED);
        assertThat(served("web")).containsExactly(1);
    }

    @Test
    void aCanaryThatFailsGoesBackAllTheSame() {
        var canary = UpgradeSpec.DEFAULT.by(new Strategy.Canary(10, 10_000));
        start(canary);
        deploy("2", canary);
        runUntil(() -> served("web").contains(2));
        accept(pause());
        cluster.nodes.forEach(node -> node.running(2).forEach(node::fail));
        runUntil(() -> !operation().running());
        assertThat(operation().state()).isEqualTo(Operation.State.FAILED);
        assertThat(operation().pause()).isEmpty();
        assertThat(served("web")).containsExactly(1);
    }

    @Test
    void whatStandsStillServesAgainFirst() {
        start(UpgradeSpec.DEFAULT, "db:1");
        deploy("2", UpgradeSpec.DEFAULT, "db:2");
        runUntil(() -> operation().phase() == Phase.STOP);
        accept(pause());
        assertThat(operation().pauses()).isFalse();
        runUntil(() -> served("db").contains(2));
        pass(60_000);
        assertThat(operation().pauses()).isTrue();
        assertThat(served("db")).containsExactly(2);
        assertThat(served("web")).containsExactly(1);
        accept(resume());
        runUntil(() -> !operation().running());
        assertThat(operation().state()).isEqualTo(Operation.State.DONE);
    }

    @Test
    void aMoveWaitsWhileTheServiceRunsAndIsNotStoppedInTheMiddle() {
        start(UpgradeSpec.DEFAULT, "db:1");
        String from = home();
        accept(new Command.Move(
                "sim",
                time.clock(),
                NEXT,
                time.clock() + LIMIT_MILLIS,
                "shop",
                "db",
                "",
                "",
                from.equals("n1") ? "n2" : "n1"));
        accept(pause());
        pass(2 * LIMIT_MILLIS);
        assertThat(operation().phase()).isEqualTo(Phase.PREPARE);
        assertThat(served("db")).containsExactly(1);
        assertThat(home()).isEqualTo(from);
        accept(resume());
        runUntil(() -> operation().phase() == Phase.STOP);
        assertThat(cluster.leader.submit(pause()))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.message())
                                .startsWith("Operation next (move) cannot be paused: requests wait until"));
        runUntil(() -> !operation().running());
        assertThat(operation().state()).isEqualTo(Operation.State.DONE);
        assertThat(home()).isNotEqualTo(from);
    }

    @Test
    void noPauseIsForEver() {
        start(UpgradeSpec.DEFAULT);
        deploy("2", UpgradeSpec.DEFAULT);
        Operation paused = operation().paused(new Operation.Pause("ann", 1_000));
        long late = operation().deadlineMillis() + 2 * Operation.MAX_PAUSE_MILLIS;
        assertThat(paused.givesUpAtMillis(11_000)).isEqualTo(operation().deadlineMillis() + 10_000);
        assertThat(paused.givesUpAtMillis(late))
                .isEqualTo(operation().deadlineMillis() + Operation.MAX_PAUSE_MILLIS)
                .isLessThan(late);
        assertThat(paused.resumed(11_000).deadlineMillis())
                .isEqualTo(operation().deadlineMillis() + 10_000);
        assertThat(paused.resumed(500).deadlineMillis())
                .as("by a clock that was set back")
                .isEqualTo(operation().deadlineMillis());
    }

    private Command.Pause pause() {
        return new Command.Pause("ann", time.clock(), NEXT);
    }

    private Command.Resume resume() {
        return new Command.Resume("ann", time.clock(), NEXT);
    }

    private void accept(Command command) {
        assertThat(cluster.leader.submit(command)).isInstanceOf(Outcome.Accepted.class);
    }

    private void start(UpgradeSpec upgrade, String... others) {
        cluster.start();
        deploy("before", "1", upgrade, others);
        cluster.settle();
        assertThat(web(1)).isGreaterThanOrEqualTo(INSTANCES);
    }

    private void deploy(String tag, UpgradeSpec upgrade, String... others) {
        deploy(NEXT, tag, upgrade, others);
    }

    private void deploy(String id, String tag, UpgradeSpec upgrade, String... others) {
        ServiceSpec web = Optional.ofNullable(
                        SimClient.application("web:" + tag).services().get("web"))
                .orElseThrow()
                .with(INSTANCES, PlacementSpec.ANYWHERE, upgrade);
        ApplicationSpec rest = SimClient.application(others);
        var application = new ApplicationSpec(
                rest.services().plus("web", web),
                others.length == 0 ? TreePMap.empty() : rest.volumes(),
                TreePMap.empty());
        accept(new Command.Deploy(
                "sim",
                time.clock(),
                id,
                time.clock() + LIMIT_MILLIS,
                "shop",
                application,
                TreePMap.empty(),
                OptionalLong.empty()));
    }

    private void runUntil(BooleanSupplier reached) {
        long patience = time.now() + 2 * LIMIT_MILLIS;
        while (!reached.getAsBoolean() && time.now() < patience && cluster.step()) {
            assertThat(served("web")).as("releases of web that get requests").isNotEmpty();
        }
        assertThat(reached.getAsBoolean())
                .as("in the end, with %s", operation())
                .isTrue();
    }

    /// While web serves.
    private void pass(long millis) {
        long end = time.now() + millis;
        runUntil(() -> time.now() >= end);
    }

    private Set<Integer> served(String service) {
        var releases = new TreeSet<Integer>();
        cluster.nodes.forEach(node -> releases.addAll(node.routes.served("shop/" + service)));
        return releases;
    }

    /// How many containers of a release of web run.
    private long web(int release) {
        return cluster.nodes.stream()
                .flatMap(node -> node.running(release).stream())
                .filter(container -> container.instance.service().equals("web"))
                .count();
    }

    private String home() {
        return cluster.leader
                .state()
                .volume("shop", "db-data")
                .orElseThrow()
                .head()
                .primary();
    }

    private List<String> waiting() {
        return OperationProgress.of(cluster.leader.state(), cluster.leader.current(), operation(), time.clock())
                .waiting();
    }

    private Operation operation() {
        return cluster.leader.state().operation(NEXT).orElseThrow();
    }
}
