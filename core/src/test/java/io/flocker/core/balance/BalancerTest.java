package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What moves when. The simulation tells what becomes of it.
class BalancerTest {
    private static final int SERVICES = 8;
    private static final long ROUND_MILLIS = 30_000;
    private static final long MINUTE_MILLIS = 60_000;
    private static final long HOUR_MILLIS = 60 * MINUTE_MILLIS;

    private final Balancer balancer = new Balancer();
    private ClusterState state = ClusterState.EMPTY;

    /// In one environment, one operation runs at a time. What waits for it is not refused by the cluster's rules.
    @Test
    void servicesOfOneEnvironmentMoveOneAfterTheOther() {
        join("n1");
        deploy();
        join("n2");
        after(new Command.SetBalance("test", 1, BalanceSettings.USUAL, Optional.of(true)));
        Set<List<String>> moved = new HashSet<>();
        for (int round = 1; round <= SERVICES / 2; round++) {
            long now = round * ROUND_MILLIS;
            List<Command> commands = decide(now);
            assertThat(commands)
                    .as("round %d: %s", round, balancer.story())
                    .singleElement()
                    .isInstanceOf(Planned.Shift.class);
            after(commands.getFirst());
            Operation move = state.running("shop").orElseThrow();
            assertThat(move.kind()).isInstanceOf(Operation.Kind.Move.class);
            moved.add(((Operation.Kind.Move) move.kind()).services());
            after(new Command.Finish(now, move.id(), Operation.State.CANCELLED, "by ann"));
        }
        assertThat(moved).hasSize(SERVICES / 2);
    }

    @Test
    void aMoveThatFailedAfterTheClockWasSetBackIsNotOverlooked() {
        join("n1");
        deploy();
        join("n2");
        failed("first", 10 * HOUR_MILLIS);
        failed("second", 4 * HOUR_MILLIS);
        assertThat(objection(4 * HOUR_MILLIS + MINUTE_MILLIS))
                .hasValueSatisfying(why -> assertThat(why).contains("the last move failed (flocker op show second)"));
        assertThat(objection(5 * HOUR_MILLIS))
                .as("twenty minutes after the second failure in a row")
                .isEmpty();
    }

    private void failed(String operation, long atMillis) {
        after(new Command.Move(
                BalanceMove.BY, atMillis, operation, atMillis + HOUR_MILLIS, "shop", "db0", "", "n1", "n2"));
        after(new Command.Finish(atMillis, operation, Operation.State.FAILED, "no route to host"));
    }

    private Optional<String> objection(long nowMillis) {
        return Balancer.objection(state, sightings(nowMillis), nowMillis);
    }

    private List<Command> decide(long now) {
        return balancer.decide(state, sightings(now), ClusterLoad.UNKNOWN, now);
    }

    /// Every node is heard.
    private TreePMap<String, Sighting> sightings(long now) {
        TreePMap<String, Sighting> sightings = TreePMap.empty();
        for (String node : state.nodes().keySet()) {
            sightings = sightings.plus(node, Sighting.none(now).seen(true, now));
        }
        return sightings;
    }

    private void join(String node) {
        after(new Command.AddNode(
                "test", 1, node, node + ".example", TreePMap.empty(), node, new Node.Capacity(4_000, 1L << 32)));
    }

    private void deploy() {
        TreePMap<String, ServiceSpec> services = TreePMap.empty();
        TreePMap<String, VolumeSpec> volumes = TreePMap.empty();
        for (int i = 0; i < SERVICES; i++) {
            services = services.plus("db" + i, Specs.service(1, 0, "data" + i));
            volumes = volumes.plus("data" + i, VolumeSpec.PLAIN);
        }
        after(new Command.Deploy(
                "test",
                1,
                "deploy",
                9_000,
                "shop",
                new ApplicationSpec(services, volumes, TreePMap.empty()),
                TreePMap.empty(),
                OptionalLong.empty()));
        after(new Command.Advance(1, "deploy", Operation.Phase.PREPARE));
        after(new Command.Finish(1, "deploy", Operation.State.DONE, ""));
    }

    private void after(Command command) {
        switch (state.after(command)) {
            case Outcome.Accepted accepted -> state = accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        }
    }
}
