package io.flocker.control.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What an upgrade says beforehand about how releases will follow each other.
class ChangesTest {
    private static final UpdatePolicy POLICY =
            new UpdatePolicy(2, 10_000, UpdatePolicy.Order.AUTOMATIC, UpdatePolicy.FailureAction.PAUSE, 1_500, 0);

    private static List<String> changes(Optional<Strategy> strategy, String... volumes) {
        var upgrade = new UpgradeSpec(POLICY, UpdatePolicy.DEFAULT, 0, strategy);
        ClusterState state = accepted(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        state = accepted(
                state,
                new Command.Deploy(
                        "test",
                        1,
                        "first",
                        9_000,
                        "shop",
                        application("web:1", upgrade, volumes),
                        TreePMap.empty(),
                        OptionalLong.empty()));
        state = accepted(state, new Command.Advance(1, "first", Phase.PREPARE));
        return Changes.of(state, "shop", application("web:2", upgrade, volumes), TreePMap.empty());
    }

    private static ApplicationSpec application(String image, UpgradeSpec upgrade, String... volumes) {
        var spec = new ServiceSpec(
                image,
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(volumes).stream()
                        .<Mount>map(volume -> new Mount.Volume(volume, "/" + volume, false))
                        .toList(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                volumes.length == 0 ? 4 : 1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                upgrade,
                TreePMap.empty());
        TreePMap<String, VolumeSpec> kept = TreePMap.empty();
        for (String volume : volumes) {
            kept = kept.plus(volume, VolumeSpec.PLAIN);
        }
        return new ApplicationSpec(TreePMap.singleton("web", spec), kept, TreePMap.empty());
    }

    private static ClusterState accepted(ClusterState state, Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    @Test
    void namesTheStrategyAndItsParameters() {
        assertThat(changes(Optional.empty()))
                .containsExactly(
                        "~ service web: release 1 -> 2, web:1 -> web:2",
                        "  web: rolling: 2 of 4 at a time, start-first, each to serve for 1.5 s, 10 s between; if it"
                                + " fails, everything stays as it is then");
        assertThat(changes(Optional.of(new Strategy.BlueGreen())))
                .contains("  web: blue-green: 4 new instances get the requests together once all serve; the old ones"
                        + " stand by for 1.5 s; if it fails, everything stays as it is then");
        assertThat(changes(Optional.of(new Strategy.Canary(10, 300_000))).getLast())
                .startsWith("  web: canary: 1 new get 10 % of the requests for 300 s; the rest follows, 2 of 4");
    }

    @Test
    void saysThatAServiceWithDataStops() {
        assertThat(changes(Optional.empty(), "data").getLast())
                .startsWith("  web: stops while requests wait, a checkpoint is taken");
    }
}
