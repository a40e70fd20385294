package io.flocker.core.replication;

import static io.flocker.core.replication.ReplicatedVolume.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Head;
import io.flocker.core.model.Operation;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Assignments;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailoverTest {
    @Test
    void theReplicaThatHasMostTakesOver() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.seconds(2, "n3");
        world.pass(5 * SECOND, "n1");

        Command.FailOver failover = failover(world);
        assertThat(failover.to()).isEqualTo("n3");
        assertThat(failover.story()).contains("Node n1 was silent for 5.0 s", "data goes on on n3", "is not there");
        world.after(failover);
        assertThat(world.volume().head().primary()).isEqualTo("n3");
        assertThat(world.volume().head().epoch()).isEqualTo(2);
        assertThat(world.volume().head().base().orElseThrow().position())
                .isEqualTo(world.pool("n3").getLast());
        assertThat(world.volume().replicas().home()).isEqualTo("n1");
    }

    @Test
    void aNodeThatCannotKeepALeaseTakesOverOnlyIfNoOtherCan() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.seconds(2, "n3");
        world.fencesSlowly("n3");
        world.pass(5 * SECOND, "n1");
        assertThat(failover(world).to()).isEqualTo("n2");

        world.fencesSlowly("n2");
        assertThat(failover(world).to()).as("the one that has most").isEqualTo("n3");
    }

    @Test
    void aReplicaThatIsAheadIsWaitedForAndThenDoneWithout() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.seconds(2, "n3");
        world.pass(5 * SECOND, "n1", "n3");
        assertThat(world.failovers("n1")).as("n3 may come back").isEmpty();

        world.pass(5 * SECOND, "n1", "n3");
        Command.FailOver failover = failover(world);
        assertThat(failover.to()).isEqualTo("n2");
    }

    @Test
    void whatWouldLoseTooMuchIsBlockedUntilSomebodyAcceptsIt() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.seconds(12, "n3");
        world.pass(10 * SECOND, "n1", "n3");

        List<Command> commands = world.failovers("n1");
        assertThat(commands).hasSize(1).first().isInstanceOf(Planned.Block.class);
        world.after(commands.getFirst());
        assertThat(world.volume().replicas().blocked())
                .contains("would lose", "n3 has data up to", "flocker failover --accept-loss");
        world.pass(3 * SECOND, "n1", "n3");
        assertThat(world.failovers("n1")).as("it is told once").isEmpty();

        world.pass(SECOND, "n1");
        Command.FailOver failover = failover(world);
        assertThat(failover.to()).as("the other replica is back").isEqualTo("n3");
        world.after(failover);
        assertThat(world.volume().replicas().blocked()).isEmpty();
    }

    @Test
    void itIsBlockedNoMoreWhenTheNodeIsBack() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.pass(10 * SECOND, "n1");
        world.after(world.failovers("n1").getFirst());
        assertThat(world.volume().replicas().blocked()).contains("no replica can take over");
        world.pass(SECOND);
        world.after(world.failovers().getFirst());
        assertThat(world.volume().replicas().blocked()).isEmpty();
    }

    @Test
    void aCopyOnItsWayOutTakesNothingOver() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.seconds(3, "n2");
        world.after(new Command.SetReplication("ann", world.now, "v1", Optional.of(ReplicatedVolume.to("n3"))));
        world.after(new Planned.KeepReplicas(world.now, "v1", List.of("n3")));
        world.pass(5 * SECOND, "n1");
        assertThat(world.failovers("n1")).noneMatch(Command.FailOver.class::isInstance);
    }

    @Test
    void nothingFailsOverWhosePrimaryDoesNotKnowYetThatItMay() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.seconds(3, "n2");
        world.after(new Command.SetReplication("ann", world.now, "v1", Optional.empty()));
        world.after(new Command.SetReplication("ann", world.now, "v1", Optional.of(ReplicatedVolume.to("n2"))));
        world.pass(5 * SECOND, "n1");
        world.after(world.failovers("n1").getFirst());
        assertThat(world.volume().replicas().blocked()).contains("it may still write");
        world.after(new Planned.Guarded(world.now, "v1", 1));
        assertThat(failover(world).to()).isEqualTo("n2");
    }

    @Test
    void whatARollBackHasGivenUpIsNotGoneOnFrom() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.seconds(5, "n2");
        List<String> positions = world.pool("n2");
        SnapshotId target = SnapshotId.of("v1", positions.getFirst());
        assertThat(positions).hasSizeGreaterThan(1);
        Volume back = world.volume().with(new Head(2, "n1", Optional.of(target), Optional.empty()));
        assertThat(Replication.newestOf(back, positions).orElseThrow().id()).isEqualTo(target);
    }

    @Test
    void whatTheFormerPrimaryWroteBecomesAVolumeOfItsOwn() {
        ReplicatedVolume world = failedOver();
        SnapshotId base = world.volume().head().base().orElseThrow();
        world.pass(SECOND);
        assertThat(world.due()).as("it still has its head").noneMatch(command -> command instanceof Planned.Rejoin);

        world.head("n1", 0);
        world.add("n1", "1." + (base.sequence() + 1));
        world.settle("n1");
        Volume tail = world.state.volume("shop", "data-diverged-1-n1").orElseThrow();
        assertThat(tail.head().primary()).isEqualTo("n1");
        assertThat(tail.head().base()).contains(new SnapshotId("v1", 1, base.sequence() + 1));
        assertThat(tail.diverges()).isTrue();
        assertThat(world.volume().replicas().rejoining()).isEmpty();
        assertThat(Replication.nodes(world.volume())).contains("n1");
    }

    /// As when nothing of what it wrote between had reached anybody: others went on from a snapshot as old both times.
    @Test
    void whatIsKeptOfANodeIsNotReplacedByWhatIsKeptOfItTheNextTime() {
        ReplicatedVolume world = failedOver();
        SnapshotId base = world.volume().head().base().orElseThrow();
        world.pass(SECOND);
        world.head("n1", 0);
        world.add("n1", "1.99");
        world.settle("n1");
        world.state =
                world.state.with(world.volume().with(world.volume().replicas().leaving("n1", base, 3)));
        world.after(new Planned.Rejoin(world.now, "v1", "n1", Optional.of(new SnapshotId("v1", 3, 1))));

        assertThat(world.state.volumes().values())
                .filteredOn(Volume::diverges)
                .extracting(tail -> tail.head().base().orElseThrow().position())
                .containsExactlyInAnyOrder("1.99", "3.1");
        assertThat(world.state.environment("shop").orElseThrow().volumes())
                .containsOnlyKeys("data", "data-diverged-1-n1", "data-diverged-1-n1-2");
    }

    @Test
    void anUnmodifiedTailMakesNoVolume() {
        ReplicatedVolume world = failedOver();
        world.pass(SECOND);
        world.head("n1", 0);
        world.settle("n1");
        assertThat(world.state.environment("shop").orElseThrow().volumes()).containsOnlyKeys("data");
        assertThat(world.volume().replicas().rejoining()).isEmpty();
    }

    /// Otherwise the node would keep it for ever, and so would the environment.
    @Test
    void aFormerPrimaryThatComesBackToADeletedVolumeDeletesIt() {
        ReplicatedVolume world = failedOver();
        world.after(new Command.DeleteVolume("ann", world.now, "v1"));
        assertThat(deletes(world)).as("before it is back").isFalse();
        world.pass(SECOND);
        world.head("n1", 0);
        world.add("n1", "1.99");
        world.settle("n1");
        assertThat(world.volume().replicas().rejoining()).isEmpty();
        assertThat(world.state.volumes()).as("what it alone wrote is not kept").containsOnlyKeys("v1");
        assertThat(deletes(world)).isTrue();
    }

    private static boolean deletes(ReplicatedVolume world) {
        return Optional.ofNullable(
                        Assignments.NONE.after(world.state).of("n1").volumes().get("v1"))
                .orElseThrow()
                .delete();
    }

    @Test
    void aSecondFailoverWhileTheFirstGoesOnEndsIt() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.pass(5 * SECOND, "n1");
        Command.FailOver first = failover(world);
        world.after(first);
        world.head(first.to(), 2);
        world.pass(5 * SECOND, "n1", first.to());

        List<Command> commands = world.failovers("n1", first.to());
        assertThat(commands).hasSize(1).first().isInstanceOf(Command.FailOver.class);
        world.after(commands.getFirst());
        assertThat(world.volume().head().epoch()).isEqualTo(3);
        assertThat(world.volume().head().primary()).isNotIn("n1", first.to());
        assertThat(world.volume().replicas().rejoining()).containsOnlyKeys("n1", first.to());
        assertThat(world.state.operation(first.operation()).orElseThrow().state())
                .isEqualTo(Operation.State.FAILED);
    }

    @Test
    void whoIsTooLateIsRefused() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2", "n3"));
        world.seconds(5, "n2", "n3");
        world.pass(5 * SECOND, "n1");
        Command.FailOver failover = failover(world);
        world.after(failover);
        assertThat(world.state.after(failover)).isInstanceOf(Outcome.Refused.class);
    }

    private static ReplicatedVolume failedOver() {
        var world = new ReplicatedVolume(ReplicatedVolume.to("n2"));
        world.seconds(5, "n2");
        world.pass(5 * SECOND, "n1");
        world.after(failover(world));
        world.head("n2", 2);
        world.after(new Command.Finish(world.now, world.state.operations().lastKey(), Operation.State.DONE, ""));
        return world;
    }

    private static Command.FailOver failover(ReplicatedVolume world) {
        List<Command> commands = world.failovers("n1");
        assertThat(commands).hasSize(1).first().isInstanceOf(Command.FailOver.class);
        return (Command.FailOver) commands.getFirst();
    }
}
