package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Instance;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Assignment.WantedInstance;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
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

    @Test
    void whatIsToStopDoesNotWaitForTheNextTable() {
        RoutingTable given = table(true);
        routes = given.fingerprint();
        Offers next = offers("n1", "n2");
        assertThat(steps(true, next, Optional.empty()))
                .as("what is in force is not known")
                .noneMatch(Step.Stop.class::isInstance);
        assertThat(steps(true, next, Optional.of(given)))
                .anyMatch(Step.Route.class::isInstance)
                .anyMatch(Step.Stop.class::isInstance);
    }

    @Test
    void aTableThatStillSendsThereIsWaitedFor() {
        RoutingTable given = RoutePlanner.table(assignment(false, true), offers("n1"), observed());
        routes = given.fingerprint();
        assertThat(steps(true, offers("n1"), Optional.of(given)))
                .anyMatch(Step.Route.class::isInstance)
                .noneMatch(Step.Stop.class::isInstance);
    }

    private RoutingTable table(boolean returns) {
        return RoutePlanner.table(assignment(true, returns), offers("n1"), observed());
    }

    private List<Step> steps(boolean returns) {
        return steps(returns, offers("n1"), Optional.empty());
    }

    private List<Step> steps(boolean returns, Offers offers, Optional<RoutingTable> given) {
        var said = TreePMap.singleton(BACKEND, 1);
        return NodePlanner.plan(assignment(true, returns), offers, observed(), new Offers.Heard(said, 1), given)
                .steps();
    }

    private static Offers offers(String... nodes) {
        TreePMap<String, Offers.Said> said = TreePMap.empty();
        for (String node : nodes) {
            said = said.plus(node, new Offers.Said(TreePMap.singleton(BACKEND, 1), TreePMap.empty(), 1));
        }
        return Offers.since(1).after(said, Set.of());
    }

    private static Assignment assignment(boolean suspended, boolean returns) {
        var port = new Port(5432, 5432, "", Port.Protocol.TCP, Port.Mode.TCP);
        ServiceSpec spec = RoutePlannerTest.spec("db:1").with(List.of(port), HttpRouting.NONE);
        var db = new WantedInstance(
                "shop",
                "db",
                1,
                1,
                0,
                Instance.Desired.RUN,
                suspended,
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
