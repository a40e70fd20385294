package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Node;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What the API refuses of an application that no file reader has seen.
class ApplicationRulesTest {
    @Test
    void onlyHttpIsSticky() {
        assertThat(refused(sticky(Port.Mode.HTTP, ""))).isEmpty();
        assertThat(refused(sticky(Port.Mode.HTTP, "my.ID_1"))).isEmpty();
        assertThat(refused(sticky(Port.Mode.TCP, "")))
                .startsWith("Service web cannot be sticky (x-flocker.http.sticky): the service has no port for HTTP");
        for (String name : List.of("two words", "a;b", "a\n  bind *:99", "x".repeat(65), ".a", "é")) {
            assertThat(refused(sticky(Port.Mode.HTTP, name))).as(name).contains("its cookie's name must be of letters");
        }
    }

    private static ServiceSpec sticky(Port.Mode mode, String cookie) {
        var http = new HttpRouting(
                List.of(), 0, HttpRouting.Balance.ROUND_ROBIN, Optional.of(new HttpRouting.Sticky(cookie)));
        return service().with(List.of(new Port(8080, 80, "", Port.Protocol.TCP, mode)), http);
    }

    private static ServiceSpec service() {
        return new ServiceSpec(
                "web:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    /// Why a service is refused; empty if it is not.
    private static String refused(ServiceSpec service) {
        ClusterState state = accepted(ClusterState.EMPTY.after(
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE)));
        var application = new ApplicationSpec(TreePMap.singleton("web", service), TreePMap.empty(), TreePMap.empty());
        Outcome outcome = state.after(new Command.Deploy(
                "test", 1, "first", 9_000, "shop", application, TreePMap.empty(), OptionalLong.empty()));
        return outcome instanceof Outcome.Refused refused ? refused.message() : "";
    }

    private static ClusterState accepted(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted it -> it.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }
}
