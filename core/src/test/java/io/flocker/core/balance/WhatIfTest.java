package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Head;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What would be where, and what nothing of that changes. Every node has 4 GiB.
class WhatIfTest {
    private static final long GIB = 1L << 30;

    private ClusterState state = ClusterState.EMPTY;

    WhatIfTest() {
        for (String node : List.of("n1", "n2", "n3")) {
            after(new Command.AddNode(
                    "test", 1, node, node + ".example", TreePMap.empty(), node, new Node.Capacity(4_000, 4 * GIB)));
        }
    }

    @Test
    void furtherInstancesGoWhereTheyWouldAndWhatHasNoRoomIsSaidNodeByNode() {
        deploy("shop", Specs.service(1, 3 * GIB));

        List<Resettled> scaled = WhatIf.scaled(state, "shop", "web", 4);

        assertThat(scaled).extracting(Resettled::what).containsExactly("web.2", "web.3", "web.4");
        assertThat(scaled).extracting(Resettled::to).containsExactly("n2", "n3", "");
        assertThat(scaled.getLast().why())
                .contains("n1 lacks memory: 1 GiB free of 4 GiB, needs 3 GiB", "n3 lacks memory");
    }

    @Test
    void withoutANodeItsInstancesGoElsewhereAndDataOnlyWhereItsReplicaIs() {
        deploy("shop", Specs.service(3, 0));
        deploy("bare", Specs.service(1, 0, "data"));
        deploy("safe", Specs.service(1, 0, "data"));
        Volume bare = state.volume("bare", "data").orElseThrow();
        Volume safe = state.volume("safe", "data").orElseThrow();
        String lost = safe.head().primary();
        String replica = lost.equals("n3") ? "n1" : "n3";
        state = state.with(safe.with(replica, Volume.Copy.REPLICA)
                        .with(safe.replicas().withTip(replica, SnapshotId.of(safe.id(), "1.1"))))
                .with(bare.with(new Head(2, lost, Optional.empty(), Optional.empty())));
        ClusterState before = state;
        var stored = new Usage(0, 0, 7 * GIB, 0, 0, 0);
        var load = new ClusterLoad(TreePMap.empty(), TreePMap.empty(), TreePMap.singleton(safe.id(), stored));

        List<Resettled> without = WhatIf.without(state, load, Set.of(lost));

        assertThat(without)
                .filteredOn(one -> one.environment().equals("shop"))
                .singleElement()
                .satisfies(web -> {
                    assertThat(web.from()).isEqualTo(lost);
                    assertThat(web.to()).isNotEmpty().isNotEqualTo(lost);
                });
        assertThat(without)
                .filteredOn(one -> one.environment().equals("safe"))
                .containsExactly(new Resettled(
                        "safe", "web", lost, replica, 7 * GIB, "it has a replica; flocker failover has it take over"));
        assertThat(without)
                .filteredOn(one -> one.environment().equals("bare"))
                .containsExactly(new Resettled(
                        "bare", "web", lost, "", 0, "no other node has a replica of its data: it would be gone"));
        assertThat(state).as("what there is").isSameAs(before);
    }

    private void deploy(String environment, ServiceSpec service) {
        var application = new ApplicationSpec(
                TreePMap.singleton("web", service),
                service.volumeNames().isEmpty() ? TreePMap.empty() : TreePMap.singleton("data", VolumeSpec.PLAIN),
                TreePMap.empty());
        String operation = "deploy-" + environment;
        after(new Command.Deploy(
                "test", 1, operation, 9_000, environment, application, TreePMap.empty(), OptionalLong.empty()));
        after(new Command.Advance(1, operation, Operation.Phase.PREPARE));
        after(new Command.Finish(1, operation, Operation.State.DONE, ""));
    }

    private void after(Command command) {
        switch (state.after(command)) {
            case Outcome.Accepted accepted -> state = accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        }
    }
}
