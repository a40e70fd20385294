package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Instance;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What other nodes' proxies still send to an instance that stands still: it is answered before the instance stops, or
/// waits on its node if the instance goes on there.
class StandstillTest {
    private static final String DB = "shop/db.1";
    private static final String BACKEND = "shop/db:5432";
    private static final String MESH = RoutingTable.meshed(BACKEND);
    private static final Assignment.Place HERE = new Assignment.Place("10.0.0.1", "");

    private String routes = "";

    @Test
    void whatMayGoOnElsewhereAnswersUntilEveryProxyFollows() {
        assertThat(table(false).held()).containsExactly(BACKEND);
        routes = table(false).fingerprint();
        assertThat(steps(false)).as("n2 may still send").noneMatch(Step.Stop.class::isInstance);
    }

    @Test
    void whatGoesOnHereStopsAtOnceAsWhoeverAsksWaitsHere() {
        assertThat(table(true).held()).containsExactly(BACKEND, MESH);
        assertThat(steps(true)).as("its own proxy still sends").noneMatch(Step.Stop.class::isInstance);
        routes = table(true).fingerprint();
        assertThat(steps(true)).anyMatch(Step.Stop.class::isInstance);
    }

    private RoutingTable table(boolean returns) {
        return RoutePlanner.table(assignment(returns), offers(), observed());
    }

    private List<Step> steps(boolean returns) {
        var said = TreePMap.singleton(BACKEND, 1);
        return NodePlanner.plan(assignment(returns), offers(), observed(), new Offers.Heard(said, 1))
                .steps();
    }

    private static Offers offers() {
        var said = new Offers.Said(TreePMap.singleton(BACKEND, 1), TreePMap.empty(), 1);
        return Offers.since(1).after(TreePMap.singleton("n1", said), Set.of());
    }

    private static Assignment assignment(boolean returns) {
        var port = new Port(5432, 5432, "", Port.Protocol.TCP, Port.Mode.TCP);
        ServiceSpec spec = RoutePlannerTest.spec("db:1").with(List.of(port), HttpRouting.NONE);
        var db = new WantedInstance(
                "shop",
                "db",
                1,
                1,
                0,
                Instance.Desired.RUN,
                true,
                returns,
                false,
                OptionalInt.empty(),
                false,
                spec,
                TreePMap.empty(),
                TreePMap.empty());
        var environment = new WantedEnvironment(
                "shop",
                true,
                TreePMap.singleton("db", 1),
                TreePMap.singleton("db", "db"),
                TreePMap.singleton("db", spec),
                TreePMap.empty(),
                false,
                false);
        return new Assignment(
                "n1",
                TreePMap.singleton("n1", HERE).plus("n2", new Assignment.Place("10.0.0.2", "")),
                TreePMap.empty(),
                TreePMap.singleton(DB, db),
                TreePMap.empty(),
                TreePMap.singleton("shop", environment),
                TreePMap.empty());
    }

    private Observed observed() {
        var container = new Found(
                "c1",
                "shop",
                "db",
                1,
                1,
                0,
                Found.State.RUNNING,
                Found.Health.NONE,
                "10.213.5.2",
                true,
                0,
                1_000,
                0,
                0,
                List.of());
        return new Observed(
                TreePMap.empty(),
                TreePMap.singleton(DB, container),
                List.of(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.singleton("shop", "10.213.4.0/23"),
                routes,
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                List.of(),
                TreePMap.empty(),
                List.of());
    }
}
