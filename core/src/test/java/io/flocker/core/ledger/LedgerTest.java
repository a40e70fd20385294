package io.flocker.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Instance.Desired;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcollections.TreePMap;

/// Whatever changes, in whatever order, what is kept is what would be counted.
class LedgerTest {
    private static final int CHANGES = 400;

    private ClusterState state = ClusterState.EMPTY;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isWhatWouldBeCounted(long seed) {
        var random = new SplittableRandom(seed);
        for (int change = 0; change < CHANGES; change++) {
            change(random);
            Ledger counted = Ledger.of(
                    state.nodes().values(),
                    state.environments().values(),
                    state.volumes().values(),
                    state.operations().values(),
                    state.balance().busy());
            Ledger kept = state.ledger();
            for (int node = 0; node < 5; node++) {
                assertThat(kept.standing("n" + node))
                        .as("seed %d, n%d", seed, node)
                        .isEqualTo(counted.standing("n" + node));
            }
            assertThat(kept.ranks().stream().filter(rank -> rank.fullness() > 0))
                    .containsExactlyElementsOf(counted.ranks().stream()
                            .filter(rank -> rank.fullness() > 0)
                            .toList());
            assertThat(kept.underWay()).isEqualTo(counted.underWay());
            for (int environment = 0; environment < 3; environment++) {
                assertThat(kept.running("e" + environment)).isEqualTo(counted.running("e" + environment));
            }
        }
    }

    private void change(SplittableRandom random) {
        String node = "n" + random.nextInt(5);
        String name = "e" + random.nextInt(3);
        switch (random.nextInt(9)) {
            case 0 -> state = state.with(Node.joined(node, "10.1.0.1", TreePMap.empty(), "", 1));
            case 7 ->
                state = state.with(Node.joined(node, "10.1.0.1", TreePMap.empty(), "", 1)
                        .at("10.1.0.1", "", new Node.Capacity(random.nextInt(1, 5) * 1_000, 1L << 30)));
            case 8 ->
                state = state.with(state.balance().withBusy(TreePMap.singleton(node, random.nextInt(1, 10) * 10)));
            case 1 -> state = state.withoutNode(node);
            case 2 -> state = state.environment(name).map(state::without).orElse(state);
            case 3 -> state = state.with(volume("v" + random.nextInt(4), node));
            case 4 -> state = state.withoutVolume("v" + random.nextInt(4));
            case 5 -> state = state.with(operation(name + ".o" + random.nextInt(4), name, random.nextBoolean()));
            default -> state = state.with(changed(environment(name), random, node));
        }
    }

    private Environment environment(String name) {
        return state.environment(name).orElseGet(() -> Environment.named(name, "mary", 1));
    }

    private static Environment changed(Environment environment, SplittableRandom random, String node) {
        int slot = 1 + random.nextInt(5);
        if (random.nextInt(4) == 0) {
            return environment.withInstances(environment.instances().minus(Instance.name("web", slot)));
        }
        Desired desired = Desired.values()[random.nextInt(Desired.values().length)];
        return environment.with(new Instance("web", slot, 1, 0, node, "", "", false, 0, false, desired));
    }

    private static Volume volume(String id, String node) {
        return Volume.fresh(id, "e0", id, VolumeSpec.PLAIN, new Head(1, node, Optional.empty(), Optional.empty()), 1);
    }

    private static Operation operation(String id, String environment, boolean running) {
        var operation = new Operation(
                id, new Operation.Kind.Restart(List.of(), false), environment, "mary", Operation.Phase.START, 1, 9);
        return running ? operation : operation.ended(Operation.State.DONE, "", 2);
    }
}
