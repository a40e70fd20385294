package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.guard.Guard;
import io.flocker.agent.guard.NodeLease;
import io.flocker.agent.transfer.FakeEngine;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Head;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// With a real guard, and folders in place of control groups.
class GuardedTest {
    private static final Tenure OLD = new Tenure("v1", 1);
    private static final Tenure TENURE = new Tenure("v1", 2);
    /// Which volumes fail over by themselves.
    private static final Set<String> NONE = Set.of();

    private static final Set<String> FIRST = Set.of("v1");
    private static final Set<String> SECOND = Set.of("v2");

    @TempDir
    Path folder;

    private final FakeEngine engine = new FakeEngine();
    private final List<Found> running = new ArrayList<>();
    private final List<String> started = new ArrayList<>();
    private NodeLease lease;
    private Guarded guarded;

    @BeforeEach
    void agent() throws IOException {
        engine.groups = folder.resolve("groups");
        lease = new NodeLease(LeaseTerms.USUAL, folder.resolve("guard"));
        guarded = new Guarded(engine, lease);
    }

    @AfterEach
    void end() throws IOException {
        lease.close();
        Guard.end(folder.resolve("guard"));
    }

    @Test
    void holdsWhatItIsAssignedAndStartsItInAGuardedGroupOnceItIsGranted() throws IOException {
        see(FIRST);
        assertThat(guarded.held()).containsExactly(TENURE);
        assertThat(guarded.leased(assignment(FIRST))).isEmpty();
        start();
        assertThat(started).as("without a lease").isEmpty();

        grant();
        assertThat(guarded.leased(assignment(FIRST))).containsExactly(TENURE);
        start();
        assertThat(started).containsExactly(lease.name() + "/v1@2");
        assertThat(lease.guarded()).containsExactly(group("v1@2"));
    }

    @Test
    void whatStartsIsGuardedUntilALookHasSeenWhatBecameOfIt() throws IOException {
        see(FIRST);
        grant();
        long before = System.nanoTime();
        start();
        guarded.see(assignment(FIRST), sight(), volumes(), before);
        assertThat(lease.guarded()).containsExactly(group("v1@2"));

        see(FIRST);
        assertThat(lease.guarded()).as("it did not start").isEmpty();
    }

    @Test
    void holdsWhatStillRunsUnderAnEpochThatIsOverAndEndsIt() throws IOException {
        runs("c1", "v1@1", List.of(OLD));
        see(FIRST);
        assertThat(guarded.held()).containsExactly(OLD, TENURE);
        assertThat(lease.guarded()).isEmpty();
        running.clear();
        see(FIRST);
        assertThat(guarded.held()).containsExactly(TENURE);
    }

    @Test
    void aRestartedAgentKnowsWhatRunsByItsLabel() throws IOException {
        runs("c1", "v1@2", List.of(TENURE));
        see(FIRST);
        assertThat(guarded.held()).containsExactly(TENURE);
        assertThat(lease.guarded()).containsExactly(group("v1@2"));

        guarded = new Guarded(engine, new NodeLease(LeaseTerms.USUAL, folder.resolve("guard")));
        see(FIRST);
        assertThat(lease.guarded()).containsExactly(group("v1@2"));
    }

    @Test
    void whatRunsAlreadyIsGuardedInItsOwnGroupOnceThereIsALeaseAndFreedAfterwards() throws IOException {
        engine.inGroup.put("c1", folder.resolve("docker/c1"));
        running.add(found("c1", List.of()));
        see(NONE);
        assertThat(guarded.held()).isEmpty();

        see(FIRST);
        assertThat(guarded.held()).containsExactly(TENURE);
        assertThat(lease.guarded()).as("it would be fenced at once").isEmpty();
        grant();
        assertThat(guarded.leased(assignment(FIRST)))
                .as("the guard does not know it")
                .isEmpty();
        see(FIRST);
        assertThat(lease.guarded()).containsExactly(folder.resolve("docker/c1"));
        assertThat(guarded.leased(assignment(FIRST))).containsExactly(TENURE);

        see(NONE);
        assertThat(lease.guarded()).isEmpty();
        assertThat(guarded.held()).isEmpty();
        assertThat(guarded.problems()).isEmpty();
    }

    @Test
    void whatIsFreeOfTheLeaseItWasMadeUnderIsGuardedForAnotherVolumeThatNeedsOne() throws IOException {
        runs("c1", "v1@2", List.of(TENURE));
        see(FIRST);
        grant();
        see(NONE);
        assertThat(lease.guarded()).isEmpty();

        see(SECOND);
        assertThat(lease.guarded()).as("it would be fenced at once").isEmpty();
        grant();
        assertThat(guarded.leased(assignment(SECOND)))
                .as("the guard does not know it")
                .isEmpty();
        see(SECOND);
        assertThat(lease.guarded()).containsExactly(group("v1@2"));
        assertThat(guarded.leased(assignment(SECOND))).containsExactly(new Tenure("v2", 2));
    }

    @Test
    void whatGuardsItPassesFromOneVolumeToAnother() throws IOException {
        runs("c1", "v1@2", List.of(TENURE));
        see(Set.of("v1", "v2"));
        grant();
        see(SECOND);
        assertThat(lease.guarded()).containsExactly(group("v1@2"));
        assertThat(guarded.leased(assignment(SECOND))).containsExactly(new Tenure("v2", 2));
    }

    private void grant() throws IOException {
        lease.hear(lease.stamp(guarded.held()), new LeaseGrant(1, LeaseTerms.USUAL.leaseMillis()));
    }

    private void start() throws IOException {
        guarded.starting("shop/db.1", List.of(TENURE), started::add);
    }

    private Path group(String name) {
        return engine.group(lease.name() + "/" + name);
    }

    private void runs(String container, String group, List<Tenure> tenures) {
        engine.inGroup.put(container, group(group).resolve(container));
        running.add(found(container, tenures));
    }

    /// @param auto the volumes that fail over by themselves
    private void see(Set<String> auto) {
        guarded.see(assignment(auto), sight(), volumes(), System.nanoTime());
        assertThat(guarded.problems()).isEmpty();
    }

    private ContainerEngine.Sight sight() {
        TreePMap<String, Found> containers = TreePMap.empty();
        for (Found found : running) {
            containers = containers.plus(found.key(), found);
        }
        return new ContainerEngine.Sight(
                containers, List.of(), TreePMap.empty(), List.of(), List.of(), Map.of("c1", List.of("v1", "v2")));
    }

    private static TreePMap<String, StoredVolume> volumes() {
        return TreePMap.singleton("v1", new StoredVolume("v1", 2, List.of(), 0, ""))
                .plus("v2", new StoredVolume("v2", 2, List.of(), 0, ""));
    }

    private static Found found(String id, List<Tenure> tenures) {
        return new Found(
                id, "shop", "db", 1, 1, 0, Found.State.RUNNING, Found.Health.NONE, "", true, 0, 1_000, 0, 0, tenures);
    }

    private static Assignment assignment(Set<String> auto) {
        return new Assignment(
                "n1",
                TreePMap.empty(),
                TreePMap.singleton("v1", volume("v1", auto)).plus("v2", volume("v2", auto)),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty());
    }

    private static WantedVolume volume(String id, Set<String> auto) {
        return new WantedVolume(
                id,
                "shop",
                new Head(2, "n1", Optional.empty(), Optional.empty()),
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                0,
                "",
                List.of(),
                List.of(),
                false,
                auto.contains(id),
                0,
                false);
    }
}
