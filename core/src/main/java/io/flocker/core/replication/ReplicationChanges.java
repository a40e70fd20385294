package io.flocker.core.replication;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Replicas;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Commands about replicas, but for the failover itself ([FailoverChanges]).
public final class ReplicationChanges {
    /// A volume keeps at most so many snapshots for replication: far more than any round leaves.
    static final int MAX_ROUNDS_KEPT = 1_000;

    private ReplicationChanges() {}

    public static Outcome after(ClusterState state, Command.OfReplication command) {
        return switch (command) {
            case Command.SetReplication c -> set(state, c);
            case Command.FailOver c -> FailoverChanges.start(state, c);
            case Planned.KeepReplicas c -> keep(state, c);
            case Planned.Replicate c -> replicate(state, c);
            case Planned.TakeRound c -> take(state, c);
            case Planned.Rejoin c -> rejoin(state, c);
            case Planned.TakeBack c -> Loans.takeBack(state, c);
            case Planned.Block c -> block(state, c);
            case Planned.Guarded c -> guarded(state, c);
        };
    }

    private static Outcome set(ClusterState state, Command.SetReplication command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || volume.state() == Volume.State.DELETING) {
            return new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "There is no volume \"" + command.volume() + "\"; flocker volume ls shows them");
        }
        String name = volume.environment() + "/" + volume.name();
        Optional<String> objection = command.replication().flatMap(ReplicationSpec::objection);
        if (objection.isPresent()) {
            return new Outcome.Refused(Outcome.Reason.INVALID, "The replication of " + name + " " + objection.get());
        }
        for (String node : command.replication().map(ReplicationSpec::to).orElse(List.of())) {
            if (!state.nodes().containsKey(node)) {
                return new Outcome.Refused(
                        Outcome.Reason.NOT_FOUND,
                        "Cannot replicate " + name + " to \"" + node + "\": there is no such node; there is "
                                + String.join(", ", state.nodes().keySet()));
            }
        }
        String text = command.replication()
                .map(it -> "Replicated " + words(it) + ", as " + command.by() + " asked for")
                .orElse("Replicated no more, as " + command.by() + " asked for");
        return new Outcome.Accepted(state.with(volume.with(volume.spec().withReplication(command.replication())))
                .telling(command.atMillis(), volume.environment(), name, text));
    }

    /// For people: `to node2, node3 every 1000 ms`.
    private static String words(ReplicationSpec spec) {
        return (spec.to().isEmpty() ? "to " + spec.copies() + " nodes" : "to " + String.join(", ", spec.to()))
                + " every " + spec.everyMillis() + " ms";
    }

    private static Outcome keep(ClusterState state, Planned.KeepReplicas command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || volume.state() == Volume.State.DELETING) {
            return stale(command);
        }
        Volume next = volume;
        for (String node : command.nodes()) {
            Volume.Copy copy = volume.copies().get(node);
            boolean free = copy == null || copy == Volume.Copy.LENT;
            if (free && !node.equals(volume.head().primary())) {
                next = next.with(node, Volume.Copy.REPLICA);
            }
        }
        for (String node : Replication.nodes(volume)) {
            if (!command.nodes().contains(node)) {
                Volume.Copy left = next.replicas().lent().containsKey(node) ? Volume.Copy.LENT : Volume.Copy.DROP;
                next = next.with(node, left).with(next.replicas().withoutTip(node));
            }
        }
        String nodes = command.nodes().isEmpty() ? "no node" : String.join(", ", command.nodes());
        return next.equals(volume)
                ? stale(command)
                : new Outcome.Accepted(state.with(next)
                        .telling(
                                command.atMillis(),
                                volume.environment(),
                                volume.environment() + "/" + volume.name(),
                                "Replicas of " + volume.name() + ": on " + nodes));
    }

    private static Outcome replicate(ClusterState state, Planned.Replicate command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || volume.state() == Volume.State.DELETING || state.isHandedOver(volume.id())) {
            return stale(command);
        }
        Volume next = volume;
        for (var tip : command.tips().entrySet()) {
            boolean known = volume.snapshot(tip.getValue()).isPresent()
                    && volume.copies().containsKey(tip.getKey());
            if (known) {
                next = next.with(next.replicas().withTip(tip.getKey(), tip.getValue()));
            }
        }
        for (String node : command.late()) {
            next = next.with(next.replicas().withoutTip(node));
        }
        for (SnapshotId id : command.missing()) {
            Snapshot snapshot = next.snapshots().get(id.position());
            if (snapshot != null && snapshot.origin() == Snapshot.Origin.REPLICATION) {
                next = next.without(id);
            }
        }
        next = next.with(next.replicas().withoutTips(command.missing()));
        if (command.take() && takesRounds(volume)) {
            next = next.with(round(next, command.atMillis()));
        }
        ClusterState after = state.with(next);
        for (SnapshotId id : command.thin()) {
            Snapshot snapshot = next.snapshots().get(id.position());
            if (snapshot != null && snapshot.origin() == Snapshot.Origin.REPLICATION && !after.holds(snapshot)) {
                next = next.with(snapshot.in(Snapshot.State.DELETING));
            }
        }
        return next.equals(volume) ? stale(command) : new Outcome.Accepted(told(state.with(next), volume, command));
    }

    private static boolean takesRounds(Volume volume) {
        return !volume.awaitsSnapshot() && Replication.ofReplication(volume).count() < MAX_ROUNDS_KEPT;
    }

    private static Snapshot round(Volume volume, long atMillis) {
        return new Snapshot(
                volume.nextSnapshot(), "", Snapshot.Origin.REPLICATION, "", Snapshot.State.REQUESTED, atMillis, 0, 0);
    }

    private static Outcome take(ClusterState state, Planned.TakeRound command) {
        ClusterState next = state;
        for (String id : command.volumes()) {
            Volume volume = state.volumes().get(id);
            if (volume == null
                    || volume.state() != Volume.State.ACTIVE
                    || state.isHandedOver(id)
                    || !takesRounds(volume)) {
                return stale(command);
            }
            next = next.with(volume.with(round(volume, command.atMillis())));
        }
        return new Outcome.Accepted(next);
    }

    private static ClusterState told(ClusterState state, Volume volume, Planned.Replicate command) {
        ClusterState next = state;
        for (String node : command.late()) {
            next = next.telling(
                    command.atMillis(),
                    volume.environment(),
                    volume.environment() + "/" + volume.name(),
                    "The replica on " + node + " has been away for so long that it starts over when it is back");
        }
        return next;
    }

    /// What a former primary wrote after others went on without it becomes a volume of its own on that node.
    private static Outcome rejoin(ClusterState state, Planned.Rejoin command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || !volume.replicas().rejoining().containsKey(command.node())) {
            return stale(command);
        }
        SnapshotId base = volume.replicas().rejoining().get(command.node());
        Volume rejoined = volume.with(volume.replicas().rejoined(command.node()));
        String subject = volume.environment() + "/" + volume.name();
        ClusterState next = state.with(rejoined);
        Environment environment = state.environments().get(volume.environment());
        if (command.tail().isEmpty() || environment == null || volume.state() == Volume.State.DELETING) {
            return new Outcome.Accepted(next.telling(
                    command.atMillis(),
                    volume.environment(),
                    subject,
                    "Node " + command.node() + " is back with its data of " + volume.name()
                            + (volume.state() == Volume.State.DELETING
                                    ? ", which is being deleted"
                                    : "; it had written nothing that others do not have")));
        }
        String name = divergedName(environment, volume, base, command.node());
        Volume tail = Volume.fresh(
                        free(volume.id() + ".diverged-" + base.epoch() + "-" + command.node(), state.volumes()),
                        volume.environment(),
                        name,
                        new VolumeSpec(0, Optional.empty(), "", volume.spec().labels()),
                        new Head(1, command.node(), command.tail(), Optional.empty()),
                        command.atMillis())
                .with(Replicas.diverged(base));
        return new Outcome.Accepted(next.with(tail)
                .with(environment.withVolumes(environment.volumes().plus(name, tail.id())))
                .telling(
                        command.atMillis(),
                        volume.environment(),
                        subject,
                        "Node " + command.node() + " is back; what it wrote to " + volume.name()
                                + " after others went on without it is kept as volume " + name
                                + " (flocker volume inspect, clone or rm it)"));
    }

    /// `db-diverged-3-node1`, unless somebody has a volume of that name.
    private static String divergedName(Environment environment, Volume volume, SnapshotId base, String node) {
        return free(volume.name() + "-diverged-" + base.epoch() + "-" + node, environment.volumes());
    }

    private static String free(String wanted, Map<String, ?> taken) {
        String free = wanted;
        for (int number = 2; taken.containsKey(free); number++) {
            free = wanted + "-" + number;
        }
        return free;
    }

    private static Outcome guarded(ClusterState state, Planned.Guarded command) {
        Volume volume = state.volumes().get(command.volume());
        return volume == null || volume.head().epoch() != command.epoch() || volume.armed()
                ? stale(command)
                : new Outcome.Accepted(state.with(volume.with(volume.replicas().unguarded(0))));
    }

    private static Outcome block(ClusterState state, Planned.Block command) {
        Volume volume = state.volumes().get(command.volume());
        if (volume == null || volume.replicas().blocked().equals(command.why())) {
            return stale(command);
        }
        String text = command.why().isEmpty()
                ? "Nothing keeps " + volume.name() + " from failing over any more"
                : "BLOCKED: " + command.why();
        ClusterState next = state.with(volume.with(volume.replicas().blocked(command.why())));
        return new Outcome.Accepted(next.telling(
                command.atMillis(), volume.environment(), volume.environment() + "/" + volume.name(), text));
    }

    static Outcome.Refused stale(Command command) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, "The plan is out of date: " + command);
    }
}
