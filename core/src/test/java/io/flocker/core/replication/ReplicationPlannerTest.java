package io.flocker.core.replication;

import static io.flocker.core.replication.ReplicatedVolume.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ReplicationPlannerTest {
    @Test
    void replicasAreWhereTheyAreWantedAndFollowEverySecond() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(10, "n2", "n3");

        assertThat(Replication.nodes(world.volume())).containsExactly("n2", "n3");
        SnapshotId newest = Replication.newest(world.volume()).orElseThrow();
        assertThat(newest.sequence()).as("one a second").isBetween(9L, 11L);
        assertThat(world.pool("n2")).contains(newest.position());
        assertThat(world.pool("n3")).contains(newest.position());
    }

    @Test
    void noMoreSnapshotsAreKeptThanTheNextDifferencesNeed() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(3, "n2", "n3");
        String last = world.pool("n3").getLast();
        world.seconds(60, "n2");

        assertThat(world.volume().snapshots().size()).isLessThan(12);
        assertThat(world.pool("n1")).as("where n3 goes on from").contains(last);
        assertThat(world.due()).isEmpty();
        world.seconds(8, "n2", "n3");
        assertThat(world.pool("n3")).hasSizeLessThan(12);
        assertThat(world.pool("n1")).as("n3 goes on from a later one").doesNotContain(last);
    }

    @Test
    void aSnapshotThatTheNextDifferenceBeginsWithCannotBeDeleted() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.seconds(5, "n2");
        SnapshotId tip =
                Optional.ofNullable(world.volume().replicas().tips().get("n2")).orElseThrow();

        assertThat(world.state.after(new Command.DeleteSnapshot("ann", world.now, tip)))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.message()).contains("the replica on n2 needs it"));
    }

    @Test
    void whatIsAwayForTooLongStartsOver() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.pass(ReplicationPlanner.PINNED_MILLIS + SECOND, "n3");
        world.settle("n2");
        for (int i = 0; i < 8; i++) {
            world.pass(SECOND, "n3");
            world.settle("n2");
        }

        assertThat(world.volume().replicas().tips()).containsOnlyKeys("n2");
        assertThat(world.state.events().values())
                .anyMatch(event -> event.text().contains("The replica on n3 has been away for so long"));
    }

    @Test
    void flockerChoosesNodesInOtherDataCentersAndKeepsTheirNumber() {
        var world = new ReplicatedVolume(ReplicatedVolume.copies(2));
        world.seconds(3, "n2", "n3", "n4");
        assertThat(Replication.nodes(world.volume()))
                .as("one in Lyon, which comes first, and one more")
                .hasSize(2)
                .containsAnyOf("n3", "n4");

        String drained = Replication.nodes(world.volume()).getFirst();
        world.after(new Command.SetAvailability("ann", world.now, drained, Node.Availability.DRAINED));
        world.seconds(3, "n2", "n3", "n4");
        assertThat(Replication.nodes(world.volume())).hasSize(2).doesNotContain(drained);
        assertThat(world.volume().copies().get(drained)).isEqualTo(Volume.Copy.DROP);
    }

    @Test
    void aReplicaGoesWhereMostIsFree() {
        var world = new ReplicatedVolume(ReplicatedVolume.copies(1));
        world.after(new Planned.Notice(world.now, TreePMap.singleton("n3", 80)));
        world.seconds(3, "n3", "n4");
        assertThat(Replication.nodes(world.volume())).containsExactly("n4");
    }

    @Test
    void aNodeThatIsSilentForAMomentKeepsItsReplicaAndOneThatIsGoneDoesNot() {
        var world = new ReplicatedVolume(ReplicatedVolume.copies(1));
        world.seconds(3, "n3");
        assertThat(Replication.nodes(world.volume())).containsExactly("n3");
        world.pass(60 * SECOND, "n3");
        world.settle("n4");
        assertThat(Replication.nodes(world.volume())).containsExactly("n3");
        world.pass(ReplicationPlanner.GRACE_MILLIS, "n3");
        world.settle("n4");
        assertThat(Replication.nodes(world.volume())).containsExactly("n4");
    }

    @Test
    void replicasStayWhereTheyAreIfManyNodesVanishAtOnce() {
        var world = new ReplicatedVolume(ReplicatedVolume.copies(1));
        world.seconds(3, "n3");
        world.pass(2 * ReplicationPlanner.GRACE_MILLIS, "n2", "n3", "n4");
        world.settle();
        assertThat(Replication.nodes(world.volume())).containsExactly("n3");
    }

    @Test
    void withoutReplicationNothingIsLeftOfIt() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.seconds(5, "n2");
        world.after(new Command.SetReplication("ann", world.now, "v1", Optional.empty()));
        world.seconds(8);

        assertThat(world.volume().copies()).containsEntry("n2", Volume.Copy.DROP);
        assertThat(world.volume().snapshots().values())
                .noneMatch(snapshot -> snapshot.origin() == Snapshot.Origin.REPLICATION);
    }
}
