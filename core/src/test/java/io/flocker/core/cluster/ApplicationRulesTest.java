package io.flocker.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
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

    /// The same as in a file, which its reader would have refused.
    @Test
    void numbersOfServicesThatFollowTheirLoadHaveBounds() {
        assertThat(refused(follows(1, 10, OptionalInt.of(200), OptionalInt.of(60), 5_000)))
                .isEmpty();
        assertThat(refused(follows(1, 1_001, OptionalInt.of(200), OptionalInt.empty(), 5_000)))
                .contains("max must be a whole number from 1 to 1000, not 1001");
        assertThat(refused(follows(1, 10, OptionalInt.of(1_000_001), OptionalInt.empty(), 5_000)))
                .contains("target.requests_per_second must be a whole number from 1 to 1000000, not 1000001");
        assertThat(refused(follows(1, 10, OptionalInt.empty(), OptionalInt.of(10_001), 5_000)))
                .contains("target.cpu must be a share of a core")
                .contains("(from 1% to 10000%), not 10001%");
        for (long millis : new long[] {-1, 4_999, 86_400_001}) {
            assertThat(refused(follows(1, 10, OptionalInt.of(200), OptionalInt.empty(), millis)))
                    .contains("down_after must be from 5s to 1d, not " + millis + " ms");
        }
    }

    @Test
    void numbersOfCanariesHaveBounds() {
        assertThat(refused(canary(10, 1_000, OptionalInt.of(1_000), OptionalInt.of(110))))
                .isEmpty();
        assertThat(refused(canary(100, 1_000, OptionalInt.empty(), OptionalInt.empty())))
                .contains("weight must be a whole number from 1 to 99, not 100");
        assertThat(refused(canary(10, 0, OptionalInt.empty(), OptionalInt.empty())))
                .contains("for must be from 1s to 24h, not 0 ms");
        assertThat(refused(canary(10, 1_000, OptionalInt.of(1_001), OptionalInt.empty())))
                .contains("max_errors must be a share");
        for (int percent : new int[] {-200, 109, 10_001}) {
            assertThat(refused(canary(10, 1_000, OptionalInt.empty(), OptionalInt.of(percent))))
                    .startsWith(
                            "Service web cannot have such a canary (x-flocker.upgrade.canary): max_slowdown must say"
                                    + " how many times as long answers may take, from 1.1 to 100, not " + percent
                                    + " %");
        }
        var untimed = service()
                .with(
                        1,
                        PlacementSpec.ANYWHERE,
                        UpgradeSpec.DEFAULT.by(
                                new Strategy.Canary(10, 1_000, OptionalInt.empty(), OptionalInt.of(200))));
        assertThat(refused(untimed)).contains("cannot have max_slowdown: the service has no port for HTTP");
    }

    @Test
    void nobodyTakesTheDoorsOfOthersHostNames() {
        ClusterState empty = accepted(ClusterState.EMPTY.after(
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE)));
        var http = new HttpRouting(List.of("shop.test"), 80, HttpRouting.Balance.ROUND_ROBIN, Optional.empty());
        ClusterState named = accepted(empty.after(deploy("shop", service().with(List.of(), http))));
        for (Port port : List.of(
                port(443, Port.Mode.HTTP),
                port(443, Port.Mode.TCP, "10.0.0.1"),
                port(80, Port.Mode.TCP),
                port(80, Port.Mode.HTTP, "10.0.0.1"))) {
            ServiceSpec taking = service().with(List.of(port), HttpRouting.NONE);
            assertThat(named.after(deploy("other", taking)))
                    .isInstanceOfSatisfying(
                            Outcome.Refused.class,
                            refused -> assertThat(refused.message())
                                    .startsWith("Environment other cannot publish port " + port.published() + "/tcp")
                                    .contains("shop/web (shop.test)", "x-flocker: {http: {hosts: [NAME]}}"));
            // Whoever has it already keeps it.
            ClusterState had = accepted(accepted(empty.after(deploy("other", taking)))
                    .after(deploy("shop", service().with(List.of(), http))));
            had = accepted(had.after(new Command.Finish(1, "other", Operation.State.DONE, "")));
            accepted(had.after(deploy("other", taking.with(2, PlacementSpec.ANYWHERE))));
        }
        var none = List.of(port(80, Port.Mode.HTTP), port(443, Port.Mode.TCP, "127.0.0.1"));
        accepted(named.after(deploy("other", service().with(none, HttpRouting.NONE))));
    }

    private static Port port(int published, Port.Mode mode) {
        return port(published, mode, "");
    }

    private static Port port(int published, Port.Mode mode, String address) {
        return new Port(8080, published, address, Port.Protocol.TCP, mode);
    }

    private static Command deploy(String environment, ServiceSpec service) {
        var application = new ApplicationSpec(TreePMap.singleton("web", service), TreePMap.empty(), TreePMap.empty());
        return new Command.Deploy(
                "test", 1, environment, 9_000, environment, application, TreePMap.empty(), OptionalLong.empty());
    }

    private static ServiceSpec canary(int weight, long millis, OptionalInt errors, OptionalInt slowdown) {
        return sticky(Port.Mode.HTTP, "")
                .with(
                        1,
                        PlacementSpec.ANYWHERE,
                        UpgradeSpec.DEFAULT.by(new Strategy.Canary(weight, millis, errors, slowdown)));
    }

    private static ServiceSpec follows(int min, int max, OptionalInt requests, OptionalInt cpu, long downMillis) {
        return sticky(Port.Mode.HTTP, "").following(new Autoscale(min, max, requests, cpu, downMillis));
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
