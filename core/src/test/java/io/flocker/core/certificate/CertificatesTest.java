package io.flocker.core.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.certificate.CertificatePlanner.Due;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.HostCertificate;
import io.flocker.core.model.Node;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.RoutingTable.Identity;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
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

/// Which certificate is for which host name, and when the cluster makes one.
class CertificatesTest {
    private static final long DAY = 86_400_000;
    private static final long NOW = 100 * DAY;

    private ClusterState state = deployed("shop.test", "alice.shop.test", "n1", "x.n1.mesh");

    @Test
    void theClusterMakesOneForEachHostNameButNoNodes() {
        assertThat(CertificatePlanner.due(state, NOW))
                .isEqualTo(new Due(List.of("alice.shop.test", "shop.test"), List.of()));
        state = kept(own("shop.test"), own("alice.shop.test"));
        assertThat(CertificatePlanner.due(state, NOW).nothing()).isTrue();
        assertThat(CertificatePlanner.due(state, NOW + 61 * DAY).make())
                .as("renewed at two thirds of its life")
                .containsExactly("alice.shop.test", "shop.test");
        assertThat(Assignments.NONE.after(state).of("n1").certificates())
                .containsOnlyKeys("cluster/alice.shop.test", "cluster/shop.test");
    }

    @Test
    void aUsersCertificateTakesThePlaceOfTheClustersWhileItHolds() {
        state = kept(own("shop.test"), own("alice.shop.test"));
        state = after(new Command.AddCertificate("ann", NOW, users("wild", "*.shop.test")));

        assertThat(state.certificates()).containsOnlyKeys("wild", "cluster/shop.test");
        assertThat(CertificatePlanner.due(state, NOW).nothing()).isTrue();
        assertThat(CertificatePlanner.due(state, NOW + 31 * DAY).make())
                .as("it has expired")
                .contains("alice.shop.test");
        state = after(new Command.DeleteCertificate("ann", NOW, "wild"));
        assertThat(CertificatePlanner.due(state, NOW).make()).containsExactly("alice.shop.test");
    }

    @Test
    void theClusterForgetsItsOwnWithTheHostName() {
        state = kept(own("shop.test"), own("gone.test"));

        assertThat(CertificatePlanner.due(state, NOW).forget()).containsExactly("cluster/gone.test");
        state = after(new Command.KeepCertificates(NOW, List.of(), List.of("cluster/gone.test")));
        assertThat(state.certificates()).containsOnlyKeys("cluster/shop.test");
    }

    @Test
    void refusesWhatCannotBeShownOrIsNotTheUsers() {
        state = kept(own("shop.test"));

        assertThat(refused(new Command.DeleteCertificate("ann", NOW, "cluster/shop.test")))
                .contains("The cluster made certificate cluster/shop.test itself");
        assertThat(refused(new Command.DeleteCertificate("ann", NOW, "x"))).contains("flocker certificate ls");
        assertThat(refused(new Command.AddCertificate("ann", NOW, users("cluster/x", "x.test"))))
                .contains("cannot be called");
        assertThat(refused(new Command.AddCertificate("ann", NOW + 31 * DAY, users("x", "x.test"))))
                .isEqualTo("Certificate x has expired; get a new one");
    }

    @Test
    void showsTheOneThatNamesTheHostAndLastsLonger() {
        var wild = users("wild", "*.shop.test");
        var exact = users("exact", "alice.shop.test", "shop.test");
        var all = TreePMap.<String, HostCertificate>singleton("wild", wild).plus("exact", exact);

        assertThat(Certificates.shown(all, List.of("alice.shop.test", "bob.shop.test", "a.b.shop.test")))
                .containsExactly(
                        new Identity(exact, List.of("alice.shop.test")), new Identity(wild, List.of("bob.shop.test")));
        assertThat(Certificates.shown(all, List.of("*.shop.test")))
                .containsExactly(
                        new Identity(exact, List.of("alice.shop.test")), new Identity(wild, List.of("*.shop.test")));
    }

    @Test
    void showsUsersBeforeTheClustersWhichOnlyStandIn() {
        var wild = users("wild", "*.shop.test");
        var exact = users("exact", "alice.shop.test");
        String alice = "alice.shop.test";

        assertThat(Certificates.of(List.of(own(alice), own("*.shop.test")), alice))
                .contains(own(alice));
        assertThat(Certificates.of(List.of(own(alice), own("*.shop.test"), wild), alice))
                .contains(wild);
        assertThat(Certificates.of(List.of(own("*.shop.test"), exact), alice)).contains(exact);
        assertThat(Certificates.of(List.of(own(alice), own("*.shop.test"), wild, exact), alice))
                .contains(exact);
    }

    @Test
    void showsTheClustersAgainWhenAUsersHasExpired() {
        state = deployed("alice.shop.test", "*.db.test");
        state = kept(own("*.db.test"));
        state = after(new Command.AddCertificate("ann", NOW, users("ann", "alice.shop.test", "one.db.test")));
        for (String host : List.of("alice.shop.test", "one.db.test")) {
            assertThat(shown(host)).isEqualTo("ann");
        }

        long expired = NOW + 30 * DAY;
        Due due = CertificatePlanner.due(state, expired);
        assertThat(due).isEqualTo(new Due(List.of("alice.shop.test", "one.db.test"), List.of()));
        List<HostCertificate> made =
                due.make().stream().map(host -> own(host, expired)).toList();
        state = after(new Command.KeepCertificates(expired, made, List.of()));

        for (String host : List.of("alice.shop.test", "one.db.test")) {
            assertThat(shown(host)).isEqualTo("cluster/" + host);
        }
        assertThat(CertificatePlanner.due(state, expired).nothing()).isTrue();
    }

    @Test
    void showsAnotherOneOfAUsersWhenTheOneThatNamesTheHostHasExpired() {
        state = deployed("alice.shop.test");
        state = after(new Command.AddCertificate("ann", NOW, users("ann", "alice.shop.test")));
        var wild = new HostCertificate(
                "wild", List.of("*.shop.test"), "chain", "secret", "CA", "h", NOW, NOW + 80 * DAY, "ann", NOW);
        state = after(new Command.AddCertificate("ann", NOW, wild));
        assertThat(shown("alice.shop.test")).isEqualTo("ann");

        long expired = NOW + 31 * DAY;
        assertThat(CertificatePlanner.due(state, expired).make()).containsExactly("alice.shop.test");
        state = after(new Command.KeepCertificates(expired, List.of(own("alice.shop.test", expired)), List.of()));

        assertThat(shown("alice.shop.test")).isEqualTo("wild");
        assertThat(CertificatePlanner.due(state, expired).nothing()).isTrue();
    }

    private String shown(String host) {
        return Certificates.of(state.certificates().values(), host)
                .map(HostCertificate::name)
                .orElse("");
    }

    @Test
    void tellsWhereHostNamesAreReached() {
        state = kept(own("shop.test"));
        assertThat(Certificates.urls(state, List.of("shop.test", "bob.test")))
                .containsExactly("https://shop.test", "http://bob.test");
    }

    @Test
    void tellsNobodyTheKey() {
        assertThat(new Command.AddCertificate("ann", NOW, own("shop.test")).toString())
                .contains("shop.test")
                .doesNotContain("secret");
    }

    private ClusterState kept(HostCertificate... made) {
        return after(new Command.KeepCertificates(NOW, List.of(made), List.of()));
    }

    private ClusterState after(Command command) {
        return ((Outcome.Accepted) state.after(command)).state();
    }

    private String refused(Command command) {
        return ((Outcome.Refused) state.after(command)).message();
    }

    private static HostCertificate own(String host) {
        return own(host, NOW);
    }

    private static HostCertificate own(String host, long atMillis) {
        return new HostCertificate(
                HostCertificate.ownFor(host),
                List.of(host),
                "chain",
                "secret",
                "cluster",
                "h",
                atMillis,
                atMillis + 90 * DAY,
                "cluster",
                atMillis);
    }

    private static HostCertificate users(String name, String... hosts) {
        return new HostCertificate(name, List.of(hosts), "chain", "secret", "CA", "h", NOW, NOW + 30 * DAY, "ann", NOW);
    }

    private static ClusterState deployed(String... hosts) {
        var http = new HttpRouting(List.of(hosts), 8080, HttpRouting.Balance.LEAST_CONNECTIONS, Optional.empty(), true);
        ServiceSpec spec = new ServiceSpec(
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
                http,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
        var application = new ApplicationSpec(TreePMap.singleton("web", spec), TreePMap.empty(), TreePMap.empty());
        ClusterState state = ClusterState.EMPTY;
        for (Command command : List.of(
                new Command.AddNode("n1", NOW, "n1", "10.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE),
                new Command.Deploy(
                        "ann", NOW, "o1", NOW + DAY, "shop", application, TreePMap.empty(), OptionalLong.empty()))) {
            state = ((Outcome.Accepted) state.after(command)).state();
        }
        return state;
    }
}
