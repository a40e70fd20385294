package io.flocker.core.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Assignments;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Clones on nodes without the data: of a volume on n1, cloned on n2.
class LoansTest {
    private final ReplicatedVolume world = new ReplicatedVolume(ReplicatedVolume.to("n3"));
    private final SnapshotId base;

    LoansTest() {
        world.seconds(2, "n3");
        world.after(new Command.TakeSnapshot("ann", world.now, "v1", "friday"));
        world.settle("n3");
        base = world.volume().snapshots().values().stream()
                .filter(snapshot -> snapshot.name().equals("friday"))
                .findFirst()
                .orElseThrow()
                .id();
    }

    private void cloneOn(String node) {
        world.after(new Command.CreateVolume(
                "ann", world.now, "v2", "other", "data", world.volume().spec(), Optional.of(base), node));
    }

    private WantedVolume wanted(String node) {
        return Assignments.NONE.after(world.state).of(node).volumes().get("v1");
    }

    private List<Command> due() {
        return Loans.due(world.state, world.sightings(), world.now);
    }

    @Test
    void aNodeWithoutTheDataGetsTheOneSnapshotAndNothingElse() {
        cloneOn("n2");
        assertThat(world.volume().copies()).containsEntry("n2", Volume.Copy.LENT);
        assertThat(wanted("n2").receive()).containsExactly(base);
        assertThat(wanted("n2").keep()).containsExactly(base);
        assertThat(wanted("n2").source()).isEqualTo("n1.example");
        world.seconds(5, "n3");
        assertThat(wanted("n2").receive()).as("replication goes on without it").containsExactly(base);
        assertThat(due()).isEmpty();
    }

    @Test
    void whereTheDataOrAReplicaIsNothingIsLent() {
        cloneOn("n3");
        assertThat(world.volume().replicas().lent()).isEmpty();
        assertThat(world.volume().copies()).containsEntry("n3", Volume.Copy.REPLICA);
    }

    @Test
    void nothingDeletesWhatIsLentUntilItIsTakenBack() {
        cloneOn("n2");
        assertThat(world.state.after(new Command.DeleteSnapshot("ann", world.now, base)))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("what begins with it on n2 needs it"));
        world.after(new Command.DeleteVolume("ann", world.now, "v1"));
        assertThat(wanted("n1").delete()).isFalse();
        assertThat(wanted("n2").delete()).isFalse();
        assertThat(wanted("n3").delete()).as("the replica is nobody's").isTrue();

        world.after(new Planned.TakeBack(world.now, "v1", "n2", List.of(base)));
        assertThat(wanted("n1").delete()).isTrue();
        assertThat(wanted("n2").delete()).isTrue();
    }

    @Test
    void itIsTakenBackOnceWhatBeginsWithItIsGone() {
        cloneOn("n2");
        world.after(new Command.DeleteVolume("ann", world.now, "v2"));
        assertThat(due()).containsExactly(new Planned.TakeBack(world.now, "v1", "n2", List.of(base)));
        due().forEach(world::after);
        assertThat(world.volume().copies()).containsEntry("n2", Volume.Copy.DROP);
        assertThat(due()).isEmpty();
    }

    @Test
    void aReplicaThatComesToTheSameNodeStays() {
        cloneOn("n2");
        world.after(new Command.SetReplication("ann", world.now, "v1", Optional.of(ReplicatedVolume.to("n2", "n3"))));
        world.settle("n2", "n3");
        assertThat(world.volume().copies()).containsEntry("n2", Volume.Copy.REPLICA);
        world.after(new Command.SetReplication("ann", world.now, "v1", Optional.of(ReplicatedVolume.to("n3"))));
        world.settle("n3");
        assertThat(world.volume().copies()).as("the clone still begins with it").containsEntry("n2", Volume.Copy.LENT);
    }

    /// Otherwise the move would wait for it for ever.
    @Test
    void whatIsOnItsWayToANodeStaysOnItsWayThoughItIsLentThere() {
        world.state = world.state.with(world.volume().with("n2", Volume.Copy.RECEIVE));
        cloneOn("n2");
        assertThat(world.volume().copies()).containsEntry("n2", Volume.Copy.RECEIVE);
        assertThat(world.volume().replicas().lent()).containsEntry("n2", List.of(base));
        world.after(new Planned.TakeBack(world.now, "v1", "n2", List.of(base)));
        assertThat(world.volume().copies()).containsEntry("n2", Volume.Copy.RECEIVE);
    }

    @Test
    void aLentCopyNeverTakesOver() {
        cloneOn("n2");
        world.add("n2", base.position());
        world.pass(5_000, "n1", "n3");
        assertThat(world.failovers("n1"))
                .as("n3 is not heard, and n2 has no replica")
                .noneMatch(Command.FailOver.class::isInstance);
        world.pass(1_000, "n1");
        assertThat(world.failovers("n1"))
                .filteredOn(Command.FailOver.class::isInstance)
                .extracting(failover -> ((Command.FailOver) failover).to())
                .containsExactly("n3");
    }
}
