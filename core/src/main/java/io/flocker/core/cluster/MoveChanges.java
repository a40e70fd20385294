package io.flocker.core.cluster;

import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Kind.Move;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Service;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Moving services with their volumes: copied while they run until little is left, stopped, the rest copied, the
/// volumes' heads handed over, started on the other node. There, or back where they came from, is one writer.
public final class MoveChanges {
    /// While they run, volumes are copied at most so often.
    static final int MAX_ROUNDS = 6;

    /// A round this short leaves little for the pause.
    static final long SHORT_ROUND_MILLIS = 1_500;

    private MoveChanges() {}

    static Outcome start(ClusterState state, Command.Move command) {
        return start(state, command, "");
    }

    /// The same, but of a service without volumes only that instance, unless it is empty.
    public static Outcome start(ClusterState state, Command.Move command, String instance) {
        Environment environment = state.environments().get(command.environment());
        if (environment == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Optional<Outcome.Refused> refused = EnvironmentChanges.busy(state, environment.name(), "move a service of")
                .or(() -> refuseStrange(state, environment, command));
        if (refused.isPresent()) {
            return refused.get();
        }
        Optional<Service> service = environment.service(command.service());
        if (service.isPresent() && service.get().spec().volumeNames().isEmpty()) {
            return ReplaceChanges.start(state, environment, service.get(), command, instance);
        }
        Together together = together(
                environment,
                service.map(Service::name).stream().toList(),
                service.isEmpty() ? List.of(command.volume()) : List.of());
        Move move = plan(state, environment, together, command.to());
        return refuse(state, environment, move, command)
                .<Outcome>map(refusal -> refusal)
                .orElseGet(() -> new Outcome.Accepted(begin(state, environment, move, command)));
    }

    /// Whatever the command names must be there, and the node ready for services.
    private static Optional<Outcome.Refused> refuseStrange(
            ClusterState state, Environment environment, Command.Move command) {
        if (!command.service().isEmpty() && !environment.services().containsKey(command.service())) {
            return Optional.of(refused(
                    Outcome.Reason.NOT_FOUND,
                    "Environment " + environment.name() + " has no service \"" + command.service() + "\"; it has "
                            + String.join(", ", environment.services().keySet())));
        }
        if (command.service().isEmpty() && !state.keeps(environment, command.volume())) {
            return Optional.of(refused(
                    Outcome.Reason.NOT_FOUND,
                    "Environment " + environment.name() + " has no volume \"" + command.volume() + "\"; it has "
                            + String.join(", ", environment.volumes().keySet())));
        }
        for (String node : List.of(command.from(), command.to())) {
            if (!node.isEmpty() && !state.nodes().containsKey(node)) {
                return Optional.of(refused(
                        Outcome.Reason.NOT_FOUND,
                        "There is no node \"" + node + "\"; there is "
                                + String.join(", ", state.nodes().keySet())));
            }
        }
        Node to = state.nodes().get(command.to());
        return to != null && to.availability() == Node.Availability.DRAINED
                ? conflict("Node " + to.name() + " is drained; flocker node activate " + to.name()
                        + " lets it have services again")
                : Optional.empty();
    }

    /// What can only go together: services, and the names of all their volumes.
    public record Together(NavigableSet<String> services, NavigableSet<String> volumeNames) {
        /// The volumes' ids.
        public List<String> ids(Environment environment) {
            return volumeNames.stream()
                    .flatMap(name -> Optional.ofNullable(environment.volumes().get(name)).stream())
                    .toList();
        }

        public List<Volume> volumes(ClusterState state, Environment environment) {
            return ids(environment).stream()
                    .flatMap(id -> state.volume(id).stream())
                    .toList();
        }

        /// For people: the services, or the volumes if no service has them.
        public String names() {
            return String.join(", ", services.isEmpty() ? volumeNames : services);
        }
    }

    /// These services and volumes, all services that share volumes with them, and so on.
    public static Together together(
            Environment environment, Collection<String> someServices, Collection<String> someVolumes) {
        var services = new TreeSet<>(someServices);
        var volumes = new TreeSet<>(someVolumes);
        for (String name : someServices) {
            environment
                    .service(name)
                    .ifPresent(service -> volumes.addAll(service.spec().volumeNames()));
        }
        int before;
        do {
            before = services.size();
            for (Service other : environment.services().values()) {
                if (other.spec().volumeNames().stream().anyMatch(volumes::contains)) {
                    services.add(other.name());
                    volumes.addAll(other.spec().volumeNames());
                }
            }
        } while (services.size() > before);
        return new Together(services, volumes);
    }

    /// @param to empty for the node that suits best; stays empty if none does
    private static Move plan(ClusterState state, Environment environment, Together together, String to) {
        List<String> ids = together.ids(environment);
        String from = ids.stream()
                .flatMap(id -> state.volume(id).stream())
                .map(volume -> volume.head().primary())
                .findFirst()
                .orElse("");
        String target = to.isEmpty()
                ? Placement.of(state, environment, environment.application())
                        .target(
                                specs(environment, together.services()),
                                from,
                                near(together.volumes(state, environment)))
                        .orElse("")
                : to;
        return new Move(List.copyOf(together.services()), ids, from, target);
    }

    /// The nodes that have replicas of all of some volumes.
    public static Set<String> near(List<Volume> volumes) {
        Set<String> near = new TreeSet<>();
        volumes.forEach(volume -> near.addAll(volume.replicas().tips().keySet()));
        near.removeIf(node ->
                volumes.stream().anyMatch(volume -> !volume.replicas().tips().containsKey(node)));
        return near;
    }

    private static List<ServiceSpec> specs(Environment environment, Collection<String> services) {
        return services.stream()
                .flatMap(name ->
                        Optional.ofNullable(environment.application().services().get(name)).stream())
                .toList();
    }

    private static Optional<Outcome.Refused> refuse(
            ClusterState state, Environment environment, Move move, Command.Move command) {
        String what = move.services().isEmpty()
                ? "Volume " + command.volume()
                : "Service " + String.join(", ", move.services());
        if (!command.from().isEmpty() && !command.from().equals(move.from())) {
            return conflict(what + " is on " + move.from() + ", not on " + command.from());
        }
        Node to = state.nodes().get(move.to());
        if (to == null) {
            return conflict("There is no other node for " + what + ": "
                    + Placement.of(state, environment, environment.application())
                            .objections(specs(environment, move.services()), move.from()));
        }
        if (move.from().equals(move.to())) {
            return conflict(what + " is on " + to.name() + " already");
        }
        for (String name : move.services()) {
            Optional<String> objection = Optional.ofNullable(
                            environment.application().services().get(name))
                    .flatMap(spec -> to.objection(spec.placement()));
            if (objection.isPresent()) {
                return conflict("Service " + name + " cannot be on node " + to.name() + ", which " + objection.get());
            }
        }
        return Placement.of(state, environment, environment.application())
                .lacksRoom(specs(environment, move.services()), to)
                .map(why ->
                        refused(Outcome.Reason.CONFLICT, what + " cannot be on node " + to.name() + ", which " + why));
    }

    private static ClusterState begin(ClusterState state, Environment environment, Move move, Command.Move command) {
        ClusterState next = state;
        for (String id : move.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume != null) {
                next = next.with(requested(volume, command.atMillis()).with(move.to(), Volume.Copy.RECEIVE));
            }
        }
        Operation operation = new Operation(
                command.operation(),
                move,
                environment.name(),
                command.by(),
                Phase.PREPARE,
                command.atMillis(),
                command.deadlineMillis());
        return next.with(operation)
                .telling(
                        command.atMillis(),
                        environment.name(),
                        environment.name(),
                        "Move of " + what(state, move) + " from " + move.from() + " to " + move.to() + " started by "
                                + command.by());
    }

    private static String what(ClusterState state, Move move) {
        return move.services().isEmpty()
                ? "volume "
                        + String.join(
                                ", ",
                                move.volumes().stream()
                                        .flatMap(id -> state.volume(id).stream())
                                        .map(Volume::name)
                                        .toList())
                : String.join(", ", move.services());
    }

    private static Volume requested(Volume volume, long atMillis) {
        return volume.with(new Snapshot(
                volume.nextSnapshot(), "", Snapshot.Origin.MOVE, "", Snapshot.State.REQUESTED, atMillis, 0, 0));
    }

    static ClusterState advance(
            ClusterState state, Environment environment, Operation operation, Move move, long atMillis) {
        return switch (operation.phase()) {
            case PREPARE ->
                lastRound(state, move, atMillis)
                        ? state.with(suspended(environment, operation, move)).with(operation.to(Phase.STOP, atMillis))
                        : snapshotAll(state, move, move.from(), atMillis);
            case STOP -> snapshotAll(state, move, move.from(), atMillis).with(operation.to(Phase.SWITCH, atMillis));
            case SWITCH ->
                resumed(handOver(state, move, move.from(), move.to()), environment, operation, move, move.to())
                        .with(operation.to(Phase.START, atMillis));
            case UNDO ->
                WayBack.isKept(state, move)
                        ? resumed(
                                        handOver(state, move, move.to(), move.from()),
                                        environment,
                                        operation,
                                        move,
                                        move.from())
                                .with(operation.to(Phase.CLEAN_UP, atMillis))
                        : snapshotAll(state, move, move.to(), atMillis);
            case START, CLEAN_UP, END -> state;
        };
    }

    /// A copy while running, after a pause: what was written in it need not be copied while the service stands still.
    static ClusterState anotherRound(ClusterState state, Move move, long atMillis) {
        boolean copies =
                move.volumes().stream().flatMap(id -> state.volume(id).stream()).anyMatch(Volume::awaitsSnapshot);
        return copies ? state : snapshotAll(state, move, move.from(), atMillis);
    }

    private static ClusterState snapshotAll(ClusterState state, Move move, String primary, long atMillis) {
        ClusterState next = state;
        for (String id : move.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume != null && volume.head().primary().equals(primary)) {
                next = next.with(requested(volume, atMillis));
            }
        }
        return next;
    }

    /// Whether another copy while running would not shorten the pause by much: the last one was short, or no shorter
    /// than the one before.
    private static boolean lastRound(ClusterState state, Move move, long atMillis) {
        List<Long> begun = new ArrayList<>(move.volumes().stream()
                .flatMap(id -> state.volume(id).stream())
                .flatMap(volume -> volume.snapshots().values().stream()
                        .filter(snapshot -> snapshot.origin() == Snapshot.Origin.MOVE
                                && snapshot.id().epoch() == volume.head().epoch()))
                .map(Snapshot::requestedAtMillis)
                .distinct()
                .sorted()
                .toList());
        begun.add(atMillis);
        int rounds = begun.size() - 1;
        if (rounds < 1 || rounds >= MAX_ROUNDS) {
            return true;
        }
        long last = begun.get(rounds) - begun.get(rounds - 1);
        boolean shrinks = rounds < 2 || last < (begun.get(rounds - 1) - begun.get(rounds - 2)) * 4 / 5;
        return last <= SHORT_ROUND_MILLIS || !shrinks;
    }

    static Environment suspended(Environment environment, Operation operation, Move move) {
        Environment next = environment;
        for (String name : move.services()) {
            Service service = next.services().get(name);
            if (service != null) {
                next = next.with(service.suspendedBy(operation.id()));
            }
        }
        return next;
    }

    /// From (epoch, `from`) to (epoch + 1, `to`), starting where the last snapshot for the move was taken.
    private static ClusterState handOver(ClusterState state, Move move, String from, String to) {
        ClusterState next = state;
        for (String id : move.volumes()) {
            Volume volume = next.volumes().get(id);
            if (volume == null || !volume.head().primary().equals(from)) {
                continue;
            }
            Optional<SnapshotId> base = lastFor(volume);
            if (base.isPresent()) {
                next = next.with(handedOver(volume, base, to));
            }
        }
        return next;
    }

    static Volume handedOver(Volume volume, Optional<SnapshotId> base, String to) {
        return volume.with(new Head(volume.head().epoch() + 1, to, base, Optional.empty()))
                .withoutCopy(to)
                .with(volume.head().primary(), Volume.Copy.RECEIVE)
                .with(volume.replicas().handedOver(volume.head().primary(), to));
    }

    /// The newest snapshot taken for a move.
    static Optional<SnapshotId> lastFor(Volume volume) {
        return volume.snapshots().values().stream()
                .filter(snapshot ->
                        snapshot.origin() == Snapshot.Origin.MOVE && snapshot.state() == Snapshot.State.READY)
                .map(Snapshot::id)
                .max(SnapshotId::compareTo);
    }

    private static ClusterState resumed(
            ClusterState state, Environment environment, Operation operation, Move move, String node) {
        Environment next = OperationChanges.resume(environment, operation.id());
        for (Instance instance : environment.instances().values()) {
            if (move.services().contains(instance.service())) {
                String other = node.equals(move.to()) ? move.from() : move.to();
                next = next.with(instance.on(node, "moved from " + other + " by " + operation.startedBy()));
            }
        }
        return state.with(InstanceChanges.follow(state, next));
    }

    /// However a move ends, only the primary keeps data, and the snapshots that were only for the move go. That is left
    /// to [Command.Settle] if the volumes were handed over and the new heads may not be made yet.
    static ClusterState end(ClusterState state, Operation operation, Move move, Operation.State how) {
        boolean handedOver = operation.phase() == Phase.START || operation.phase() == Phase.UNDO;
        return handedOver && how != Operation.State.DONE ? state : WayBack.settled(state, move.volumes());
    }

    private static Optional<Outcome.Refused> conflict(String message) {
        return Optional.of(refused(Outcome.Reason.CONFLICT, message));
    }

    private static Outcome.Refused refused(Outcome.Reason reason, String message) {
        return new Outcome.Refused(reason, message);
    }
}
