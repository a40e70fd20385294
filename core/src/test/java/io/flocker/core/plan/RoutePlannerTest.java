package io.flocker.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.HostCertificate;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.RoutingTable.Door;
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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// How a node reaches a service that runs elsewhere and whose ports only its image tells.
class RoutePlannerTest {
    private static final String DOOR = "10.213.4.2:8080";

    @Test
    void opensThePortsThatAnImageExposes() {
        assertThat(doors("web:1", "", offers("web:1", 8080))).containsExactly(DOOR);
    }

    @Test
    void opensNothingForAnImageThatNobodyKnows() {
        assertThat(doors("web:1", "", Offers.NONE)).isEmpty();
    }

    @Test
    void keepsPortsOpenUntilItHearsThoseOfTheNextImage() {
        assertThat(doors("web:2", "web:1", offers("web:1", 8080))).containsExactly(DOOR);
    }

    @Test
    void opensOtherPortsOnceItHeardOfThem() {
        assertThat(doors("web:2", "web:1", offers("web:2", 9090))).containsExactly("10.213.4.2:9090");
    }

    @Test
    void closesPortsOnceItHeardThatTheNextImageHasNone() {
        assertThat(doors("web:2", "web:1", offers("web:2"))).isEmpty();
    }

    @Test
    void namesTheCookieOfAServiceThatNamesNone() {
        var web = sticky("shop", "web", "");
        assertThat(web.cookie().orElseThrow().name()).matches("flocker-[0-9a-f]{12}");
        assertThat(sticky("shop", "api", "").cookie()).isNotEqualTo(web.cookie());
        assertThat(sticky("test", "web", "").cookie()).isNotEqualTo(web.cookie());
        assertThat(sticky("test", "web", "ID").cookie().orElseThrow().name()).isEqualTo("ID");
    }

    /// So that each proxy knows from a value where to send its request.
    @Test
    void beginsValuesWithTheNode() {
        assertThat(RoutingTable.Cookie.of("n1", "shop/web.1"))
                .startsWith(RoutingTable.Cookie.of("n1"))
                .matches("[0-9a-f]{12}\\.[0-9a-f]{12}")
                .isNotEqualTo(RoutingTable.Cookie.of("n1", "shop/web.2"));
        assertThat(RoutingTable.Cookie.of("n2", "shop/web.1")).startsWith(RoutingTable.Cookie.of("n2"));
        assertThat(RoutingTable.Cookie.of("n1")).isNotEqualTo(RoutingTable.Cookie.of("n2"));
    }

    @Test
    void opensADoorWithTlsBesideHostNamesThatHaveCertificates() {
        TreePMap<String, Door> doors = secure(List.of(), TreePMap.singleton("c", certificate("*.test")))
                .doors();
        assertThat(doors).containsOnlyKeys(":80", ":443");
        assertThat(Optional.ofNullable(doors.get(":443")).map(Door::hosts))
                .contains(TreePMap.singleton("shop.test", "shop/web:8080"));
        assertThat(Optional.ofNullable(doors.get(":80")).map(Door::redirected)).contains(List.of("shop/web:8080"));
        assertThat(secure(List.of(), TreePMap.singleton("c", certificate("other.test")))
                        .doors())
                .containsOnlyKeys(":80");
    }

    @Test
    void leavesThePortOfTlsToAServiceThatPublishesIt() {
        var own = new Port(8443, 443, "", Port.Protocol.TCP, Port.Mode.TCP);
        RoutingTable table = secure(List.of(own), TreePMap.singleton("c", certificate("shop.test")));

        assertThat(Optional.ofNullable(table.doors().get(":443")).map(Door::kind))
                .contains(Door.Kind.PLAIN);
        assertThat(table.identities()).isEmpty();
    }

    @Test
    void busyNodesGetFewerRequests() {
        String backend = "shop/web:8080";
        var said = new Offers.Said(TreePMap.singleton(backend, 2), TreePMap.empty(), 1);
        Offers offers = Offers.since(1).after(TreePMap.singleton("n1", said).plus("n3", said), Set.of());
        assertThat(elsewhere(offers)).isEqualTo(TreePMap.singleton("n1", 2).plus("n3", 2));

        Offers shared = offers.sharing(TreePMap.singleton("n3", 1));
        assertThat(shared.revision()).isEqualTo(offers.revision() + 1);
        assertThat(shared.sharing(TreePMap.singleton("n3", 1))).isSameAs(shared);
        assertThat(elsewhere(shared)).isEqualTo(TreePMap.singleton("n1", 8).plus("n3", 2));
        assertThat(elsewhere(offers.sharing(TreePMap.singleton("n9", 1))))
                .as("where a busy node has none of it")
                .isEqualTo(elsewhere(offers));
    }

    private static TreePMap<String, Integer> elsewhere(Offers offers) {
        var http = new HttpRouting(
                List.of("shop.test"), 8080, HttpRouting.Balance.LEAST_CONNECTIONS, Optional.empty(), true);
        var environment = new WantedEnvironment(
                "shop",
                false,
                TreePMap.singleton("web", 1),
                TreePMap.singleton("web", "web"),
                TreePMap.singleton("web", spec("web:1").with(List.of(), http)),
                TreePMap.empty(),
                false,
                false);
        var nowhere = new Assignment.Place("", "");
        var assignment = new Assignment(
                "n2",
                TreePMap.singleton("n1", nowhere).plus("n2", nowhere).plus("n3", nowhere),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.singleton("shop", environment),
                TreePMap.empty());
        return Optional.ofNullable(RoutePlanner.table(assignment, offers, Observed.NOTHING)
                        .backends()
                        .get("shop/web:8080"))
                .map(RoutingTable.Backend::elsewhere)
                .orElseThrow();
    }

    private static HostCertificate certificate(String host) {
        return new HostCertificate("c", List.of(host), "", "", "", "h", 0, Long.MAX_VALUE, "ann", 0);
    }

    private static RoutingTable secure(List<Port> ports, TreePMap<String, HostCertificate> certificates) {
        var http = new HttpRouting(
                List.of("shop.test"), 8080, HttpRouting.Balance.LEAST_CONNECTIONS, Optional.empty(), true);
        var environment = new WantedEnvironment(
                "shop",
                false,
                TreePMap.singleton("web", 1),
                TreePMap.singleton("web", "web"),
                TreePMap.singleton("web", spec("web:1").with(ports, http)),
                TreePMap.empty(),
                false,
                false);
        return table(environment, Offers.NONE, certificates);
    }

    private static RoutingTable.Backend sticky(String environment, String service, String cookie) {
        var http = new HttpRouting(
                List.of("shop.test"),
                8080,
                HttpRouting.Balance.LEAST_CONNECTIONS,
                Optional.of(new HttpRouting.Sticky(cookie)));
        ServiceSpec spec = spec("web:1").with(List.of(), http);
        var routed = new WantedEnvironment(
                environment,
                false,
                TreePMap.singleton(service, 1),
                TreePMap.singleton(service, service),
                TreePMap.singleton(service, spec),
                TreePMap.empty(),
                false,
                false);
        return Optional.ofNullable(table(routed, Offers.NONE).backends().get(environment + "/" + service + ":8080"))
                .orElseThrow();
    }

    private static Set<String> doors(String image, String before, Offers offers) {
        var environment = new WantedEnvironment(
                "shop",
                true,
                TreePMap.singleton("web", 1),
                TreePMap.singleton("web", "web"),
                TreePMap.singleton("web", spec(image)),
                before.isEmpty() ? TreePMap.empty() : TreePMap.singleton("web", before),
                false,
                false);
        return table(environment, offers).doors().keySet();
    }

    private static RoutingTable table(WantedEnvironment environment, Offers offers) {
        return table(environment, offers, TreePMap.empty());
    }

    private static RoutingTable table(
            WantedEnvironment environment, Offers offers, TreePMap<String, HostCertificate> certificates) {
        var assignment = new Assignment(
                "n2",
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.singleton(environment.name(), environment),
                certificates);
        var observed = new Observed(
                TreePMap.empty(),
                TreePMap.empty(),
                List.of(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.singleton("shop", "10.213.4.0/23"),
                "",
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                List.of(),
                TreePMap.empty(),
                List.of());
        return RoutePlanner.table(assignment, offers, observed);
    }

    private static Offers offers(String image, Integer... ports) {
        var said = new Offers.Said(TreePMap.empty(), TreePMap.singleton(image, List.of(ports)), 1);
        return Offers.since(1).after(TreePMap.singleton("n1", said), Set.of("web:1", "web:2"));
    }

    static ServiceSpec spec(String image) {
        return new ServiceSpec(
                image,
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
}
