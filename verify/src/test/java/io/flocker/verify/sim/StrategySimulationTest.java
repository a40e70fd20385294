package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Operation;
import io.flocker.core.plan.Observed;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;

/// Upgrades by another strategy than rolling: what each node's proxy sends requests to, after every event.
class StrategySimulationTest {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final String WEB = "shop/web";
    private static final int INSTANCES = 4;
    private static final long CANARY_MILLIS = 60_000;

    private final Timeline time = new Timeline(1);
    private final SimCluster cluster = new SimCluster(time, Faults.none(time));
    private Strategy strategy = new Strategy.BlueGreen();

    @Test
    void allOfAReleaseGetTheRequestsOnceAllOfThemServe() {
        start(new Strategy.BlueGreen());
        deploy("next", "web:2", INSTANCES);
        runUntil(() -> served().contains(2), this::assertOneReleaseANode);
        assertThat(running(2))
                .as("new ones, when the first request reaches one")
                .hasSize(INSTANCES);
        assertThat(running(1)).as("old ones, which stand by").hasSize(INSTANCES);

        runUntil(() -> operation("next").state() != Operation.State.RUNNING, this::assertOneReleaseANode);
        assertThat(operation("next").state()).isEqualTo(Operation.State.DONE);
        cluster.settle();
        assertThat(served()).containsExactly(2);
        assertThat(running(1)).isEmpty();
        assertThat(running(2)).hasSize(INSTANCES);
    }

    @Test
    void noRequestReachesAReleaseOfWhichOneFails() {
        start(new Strategy.BlueGreen());
        // More of them as well: those beside the successors wait with them.
        deploy("next", "web:2", INSTANCES + 1);
        runUntil(() -> !running(2).isEmpty(), this::assertOnlyTheFirst);
        fail(running(2).getFirst());
        runUntil(() -> !operation("next").running(), this::assertOnlyTheFirst);

        assertThat(operation("next").error()).contains("ended", "what was there before runs again");
        cluster.settle();
        assertOnlyTheFirst();
        assertThat(running(1)).hasSize(INSTANCES);
        assertThat(running(2)).isEmpty();
    }

    @Test
    void theWayBackIsASwitchWhileThePredecessorsStandBy() {
        start(new Strategy.BlueGreen());
        List<String> before = running(1);
        deploy("next", "web:2", INSTANCES);
        runUntil(() -> served().equals(Set.of(2)), this::assertOneReleaseANode);
        fail(running(2).getFirst());
        long failed = time.now();
        runUntil(() -> served().equals(Set.of(1)), this::assertOneReleaseANode);

        assertThat(time.now() - failed)
                .as("ms until the old release has the requests")
                .isLessThan(3_000);
        runUntil(() -> !operation("next").running(), this::assertOnlyTheFirst);
        assertThat(operation("next").state()).isEqualTo(Operation.State.FAILED);
        cluster.settle();
        assertThat(running(1)).as("the very containers").isEqualTo(before);
    }

    @Test
    void aCanaryServesForAWhileBeforeTheOthersFollow() {
        start(new Strategy.Canary(30, CANARY_MILLIS));
        deploy("next", "web:2", INSTANCES + 1);
        runUntil(() -> served().contains(2), this::assertServes);
        long first = time.now();
        assertThat(running(2))
                .as("canaries of %s, and one more that waits", INSTANCES)
                .hasSizeBetween(2, 3);
        runUntil(() -> running(2).size() > 3, this::assertServes);

        assertThat(time.now() - first).as("ms that the canaries served alone").isGreaterThan(CANARY_MILLIS - 5_000);
        runUntil(() -> !operation("next").running(), this::assertServes);
        assertThat(operation("next").state()).isEqualTo(Operation.State.DONE);
        cluster.settle();
        assertThat(running(1)).isEmpty();
        assertThat(running(2)).hasSize(INSTANCES + 1);
    }

    @ParameterizedTest
    @CsvSource({"10,1", "10,4", "25,5", "50,2", "1,3", "60,4"})
    void aCanaryHasItsShareWhereverARequestComesIn(int percent, int instances) {
        strategy = new Strategy.Canary(percent, CANARY_MILLIS);
        cluster.start();
        deploy("before", "web:1", instances);
        cluster.settle();
        deploy("next", "web:2", instances);
        runUntil(() -> served().contains(2), this::assertServes);
        long known = time.now() + 10_000;
        runUntil(() -> time.now() > known, this::assertServes);

        for (SimNode node : cluster.nodes) {
            double share = 100 * share(node, false);
            // A node that runs nothing of it may not have the service's inner ports.
            assertThat(Double.isNaN(share) || Math.abs(share - percent) < 1)
                    .as("%s %% on %s", share, node.name)
                    .isTrue();
        }
        assertThat(cluster.nodes).anyMatch(node -> !Double.isNaN(share(node, false)));
    }

    /// The share of the requests to a node that release 2 gets, on whatever node; NaN if it serves none.
    private double share(SimNode node, boolean passedOn) {
        double all = 0;
        double its = 0;
        for (var backend : node.routes.backends(WEB, passedOn)) {
            for (String instance : backend.servers().keySet()) {
                all += backend.weight(instance);
                its += node.routes.isOf(instance, 2) ? backend.weight(instance) : 0;
            }
            for (var elsewhere : backend.elsewhere().entrySet()) {
                all += elsewhere.getValue();
                its += elsewhere.getValue() * share(cluster.node(elsewhere.getKey()), true);
            }
        }
        return its / all;
    }

    @Test
    void aCanaryThatFailsGoesAndEverythingIsAsBefore() {
        start(new Strategy.Canary(10, CANARY_MILLIS));
        List<String> before = running(1);
        deploy("next", "web:2", INSTANCES);
        runUntil(() -> served().contains(2), this::assertServes);
        long late = time.now() + CANARY_MILLIS / 2;
        runUntil(() -> time.now() > late, this::assertServes);
        assertThat(running(2)).as("the canary").hasSize(1);
        fail(running(2).getFirst());
        runUntil(() -> !operation("next").running(), this::assertServes);

        assertThat(operation("next").error()).contains("ended", "what was there before runs again");
        cluster.settle();
        assertOnlyTheFirst();
        assertThat(running(1)).as("the very containers").isEqualTo(before);
    }

    @Test
    void aCanaryThatFailsTooManyRequestsGoes() {
        start(new Strategy.Canary(10, CANARY_MILLIS, OptionalInt.of(100), OptionalInt.empty()));
        deploy("next", "web:2", INSTANCES);
        runUntil(() -> served().contains(2), this::assertServes);
        answer(2, new Observed.Answered(19, 19));
        long later = time.now() + 5_000;
        runUntil(() -> time.now() > later, this::assertServes);
        answer(2, new Observed.Answered(1_000, 100));
        long last = time.now() + 5_000;
        runUntil(() -> time.now() > last, this::assertServes);
        assertThat(operation("next").phase())
                .as("with few requests, and few errors")
                .isEqualTo(Operation.Phase.START);

        answer(2, new Observed.Answered(1_000, 101));
        runUntil(() -> !operation("next").running(), this::assertServes);
        assertThat(operation("next").error())
                .startsWith("The canary of web failed 101 of 1000 requests (10.1 %, at most 10 %)")
                .contains("what was there before runs again");
        cluster.settle();
        assertOnlyTheFirst();
    }

    @Test
    void aCanaryThatAnswersMuchLaterThanWhatRanBeforeGoes() {
        start(new Strategy.Canary(10, CANARY_MILLIS, OptionalInt.empty(), OptionalInt.of(200)));
        deploy("next", "web:2", INSTANCES);
        runUntil(() -> served().contains(2), this::assertServes);
        answer(1, new Observed.Answered(1_000, 0, 1_000, 35_000));
        for (var good : List.of(
                new Observed.Answered(99, 0, 99, 99 * 412),
                new Observed.Answered(1_000, 0, 1_000, 69_000),
                new Observed.Answered(1_000, 0, 1_000, 35_000))) {
            answer(2, good);
            long later = time.now() + 3_000;
            runUntil(() -> time.now() > later, this::assertServes);
            assertThat(operation("next").phase()).as(good.toString()).isEqualTo(Operation.Phase.START);
        }

        answer(2, new Observed.Answered(120, 0, 120, 120 * 412));
        runUntil(() -> !operation("next").running(), this::assertServes);
        assertThat(operation("next").error())
                .startsWith("The canary of web is too slow: its answers took 412 ms on average beside 35 ms of release"
                        + " 1 (at most 2 times as long)")
                .contains("what was there before runs again");
        cluster.settle();
        assertOnlyTheFirst();
    }

    private void answer(int release, Observed.Answered answered) {
        cluster.nodes.forEach(node -> node.running(release).forEach(container -> container.answered = answered));
    }

    @Test
    void anUpgradeAfterAnotherTakesItsTurn() {
        start(new Strategy.BlueGreen());
        for (int release = 2; release <= 4; release++) {
            String operation = "to" + release;
            deploy(operation, "web:" + release, INSTANCES);
            runUntil(() -> !operation(operation).running(), this::assertOneReleaseANode);
            assertThat(operation(operation).state()).isEqualTo(Operation.State.DONE);
            cluster.settle();
            assertThat(running(release)).hasSize(INSTANCES);
        }
    }

    private void start(Strategy by) {
        strategy = by;
        cluster.start();
        deploy("before", "web:1", INSTANCES);
        cluster.settle();
        assertThat(running(1)).hasSize(INSTANCES);
    }

    private void deploy(String id, String image, int scale) {
        ServiceSpec web = Optional.ofNullable(
                        SimClient.application(image).services().get("web"))
                .orElseThrow()
                .with(scale, PlacementSpec.ANYWHERE, UpgradeSpec.DEFAULT.by(strategy))
                .with(List.of(new Port(80, 8080, "", Port.Protocol.TCP, Port.Mode.HTTP)), HttpRouting.NONE);
        var application = new ApplicationSpec(TreePMap.singleton("web", web), TreePMap.empty(), TreePMap.empty());
        assertThat(cluster.leader.submit(new Command.Deploy(
                        "sim",
                        time.clock(),
                        id,
                        time.clock() + HOUR_MILLIS,
                        "shop",
                        application,
                        TreePMap.empty(),
                        OptionalLong.empty())))
                .isInstanceOf(Outcome.Accepted.class);
    }

    private void runUntil(BooleanSupplier reached, Runnable check) {
        long patience = time.now() + HOUR_MILLIS;
        while (!reached.getAsBoolean() && time.now() < patience && cluster.step()) {
            check.run();
        }
        assertThat(reached.getAsBoolean()).as("in the end").isTrue();
    }

    private void assertOneReleaseANode() {
        for (SimNode node : cluster.nodes) {
            assertThat(node.routes.served(WEB))
                    .as("releases that %s sends requests to", node.name)
                    .hasSizeLessThan(2);
        }
        assertThat(served()).as("releases that get requests").isNotEmpty();
    }

    private void assertServes() {
        assertThat(served()).as("releases that get requests").isNotEmpty();
    }

    private void assertOnlyTheFirst() {
        assertThat(served()).containsExactly(1);
    }

    private Set<Integer> served() {
        var releases = new TreeSet<Integer>();
        cluster.nodes.forEach(node -> releases.addAll(node.routes.served(WEB)));
        return releases;
    }

    private List<String> running(int release) {
        return cluster.nodes.stream()
                .flatMap(node -> node.running(release).stream().map(container -> node.name + " " + container.id))
                .toList();
    }

    private void fail(String container) {
        cluster.nodes.forEach(node -> node.running(2).stream()
                .filter(found -> container.equals(node.name + " " + found.id))
                .forEach(node::fail));
    }

    private Operation operation(String id) {
        return cluster.leader.state().operation(id).orElseThrow();
    }
}
