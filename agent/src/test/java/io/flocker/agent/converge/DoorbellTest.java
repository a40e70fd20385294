package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.proxy.Router;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedEnvironment;
import io.flocker.core.plan.Observed.Answered;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Who connects to an environment that is asleep, and when somebody last talked to one.
class DoorbellTest {
    /// The backend of the host name.
    private static final String BY_NAME = "alice/web:80";

    /// The door of the published port, and what is behind it, which services inside reach as well.
    private static final String BY_PORT = ":30000";

    private static final String INSIDE = "alice/web:5432";

    private final Proxy proxy = new Proxy();
    private boolean asleep;
    private int rung;
    private final Doorbell doorbell = new Doorbell(proxy, this::assignment, () -> rung++);

    @Test
    void whoeverConnectsToOneThatIsAsleepIsHeardAtOnce() {
        listen(1);
        asleep = true;
        proxy.shows(1, BY_NAME, 5, 900);
        listen(2);
        assertThat(doorbell.wanted()).as("what was open when it fell asleep").isEmpty();
        proxy.shows(1, BY_NAME, 5, 1_000);
        listen(3);
        assertThat(doorbell.wanted())
                .as("what is said on connections that were open")
                .isEmpty();
        proxy.shows(1, INSIDE, 3, 1_000);
        listen(4);
        assertThat(doorbell.wanted()).as("a service's own connection").isEmpty();

        proxy.shows(1, BY_NAME, 6, 1_000);
        listen(5);
        assertThat(doorbell.wanted()).containsExactly("alice");
        assertThat(rung).isEqualTo(1);
        listen(6);
        assertThat(doorbell.wanted()).as("until it is awake").containsExactly("alice");
        assertThat(rung).isEqualTo(1);
        asleep = false;
        listen(7);
        assertThat(doorbell.wanted()).isEmpty();
    }

    @Test
    void aPublishedPortWakesItTooAndSoDoesANewWorker() {
        asleep = true;
        proxy.shows(1, BY_PORT, 0, 0);
        listen(1);
        listen(2);
        assertThat(doorbell.wanted()).isEmpty();
        proxy.shows(2, BY_PORT, 1, 0);
        listen(3);
        assertThat(doorbell.wanted()).containsExactly("alice");
    }

    @Test
    void whoConnectsWhileTheProxyDoesNotAnswerIsHeardAtTheNextLook() {
        asleep = true;
        proxy.shows(1, BY_NAME, 5, 0);
        listen(1);
        proxy.answers = false;
        listen(2);
        proxy.shows(1, BY_NAME, 6, 0);
        listen(3);
        proxy.answers = true;
        listen(4);
        assertThat(doorbell.wanted()).containsExactly("alice");
    }

    @Test
    void tellsWhenSomebodyTalkedToOneThatFallsAsleepByItself() {
        proxy.shows(1, BY_PORT, 1, 10);
        listen(1_000);
        assertThat(doorbell.used()).isEmpty();
        proxy.shows(1, BY_PORT, 1, 20);
        listen(2_000);
        assertThat(doorbell.used()).containsEntry("alice", 2_000L);
        proxy.shows(1, BY_PORT, 2, 20);
        listen(9_000);
        assertThat(doorbell.used()).as("told now and then only").containsEntry("alice", 2_000L);
        proxy.shows(1, BY_PORT, 3, 20);
        listen(20_000);
        assertThat(doorbell.used()).containsEntry("alice", 20_000L);
    }

    private void listen(long nowMillis) {
        doorbell.listenOnce(nowMillis);
    }

    private Assignment assignment() {
        var environment = new WantedEnvironment(
                "alice",
                true,
                TreePMap.singleton("web", 1),
                TreePMap.singleton("web", "web"),
                TreePMap.singleton("web", web()),
                TreePMap.empty(),
                asleep,
                true);
        return new Assignment(
                "n1",
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.singleton("alice", environment));
    }

    private static ServiceSpec web() {
        return new ServiceSpec(
                "web:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(new Port(5432, 30_000, "", Port.Protocol.TCP, Port.Mode.TCP)),
                List.of(),
                List.of(),
                List.of(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                new HttpRouting(
                        List.of("alice.example.com"), 80, HttpRouting.Balance.LEAST_CONNECTIONS, Optional.empty()),
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    /// Shows what it is told to.
    private static final class Proxy implements Router {
        private final List<Use> uses = new ArrayList<>();
        private boolean answers = true;

        void shows(long worker, String name, long sessions, long bytes) {
            uses.removeIf(use -> use.worker() == worker && use.proxy().equals(name));
            uses.add(new Use(worker, name, sessions, bytes));
        }

        @Override
        public List<Use> uses() {
            return answers ? List.copyOf(uses) : List.of();
        }

        @Override
        public String inForce() {
            return "";
        }

        @Override
        public void apply(RoutingTable table) {}

        @Override
        public InFlight inFlight(String instance) {
            return new InFlight(0, 0);
        }

        @Override
        public TreePMap<String, Answered> answered(Set<String> instances) {
            return TreePMap.empty();
        }

        @Override
        public TreePMap<String, Answered> handled(Set<String> instances) {
            return TreePMap.empty();
        }

        @Override
        public void close() {}
    }
}
