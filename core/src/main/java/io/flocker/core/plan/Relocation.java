package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Moves what is where it should not be: on a drained node, or on one that its service may not be on any more. One
/// move at a time in an environment.
final class Relocation {
    /// Who starts these moves, as operations and events tell.
    static final String BY = "placement";

    private static final long SILENT_MILLIS = 10_000;

    private static final long LIMIT_MILLIS = 3_600_000;

    /// After a move that failed, this long until the next try; doubles with every failure in a row.
    private static final long FIRST_PAUSE_MILLIS = 10_000;

    private static final long LONGEST_PAUSE_MILLIS = 1_800_000;

    private final ClusterState state;
    private final Environment environment;
    private final TreePMap<String, Sighting> sightings;
    private final long nowMillis;

    private Relocation(
            ClusterState state, Environment environment, TreePMap<String, Sighting> sightings, long nowMillis) {
        this.state = state;
        this.environment = environment;
        this.sightings = sightings;
        this.nowMillis = nowMillis;
    }

    /// The next move of an environment, if one is due and can be begun.
    static Optional<Command> due(
            ClusterState state, Environment environment, TreePMap<String, Sighting> sightings, long nowMillis) {
        if (state.nodes().size() < 2 || state.running(environment.name()).isPresent()) {
            return Optional.empty();
        }
        var relocation = new Relocation(state, environment, sightings, nowMillis);
        if (relocation.isPausing()) {
            return Optional.empty();
        }
        return Stream.concat(relocation.services(), relocation.volumes())
                .filter(move -> state.after(move) instanceof Outcome.Accepted accepted
                        && relocation.canBegin(accepted.state(), move))
                .findFirst()
                .map(Command.class::cast);
    }

    /// Whether an environment has anything where it should not be.
    static boolean isMisplaced(ClusterState state, Environment environment) {
        var relocation = new Relocation(state, environment, TreePMap.empty(), 0);
        return Stream.concat(relocation.services(), relocation.volumes())
                .findAny()
                .isPresent();
    }

    /// Data comes from a node only while that node is heard.
    private boolean canBegin(ClusterState after, Command.Move move) {
        return after.operation(move.operation()).stream()
                .noneMatch(
                        operation -> operation.kind() instanceof Operation.Kind.Move moving && !isHeard(moving.from()));
    }

    private boolean isHeard(String node) {
        Sighting sighting = sightings.get(node);
        return sighting != null && sighting.upToDate() && nowMillis - sighting.atMillis() < SILENT_MILLIS;
    }

    /// Whether its last moves failed not long ago.
    private boolean isPausing() {
        List<Operation> last = state.operations().values().stream()
                .filter(operation -> operation.environment().equals(environment.name())
                        && operation.startedBy().equals(BY))
                .sorted(Comparator.comparingLong(Operation::changedAtMillis).reversed())
                .takeWhile(operation -> operation.state() == Operation.State.FAILED)
                .toList();
        if (last.isEmpty()) {
            return false;
        }
        long pause = Math.min(FIRST_PAUSE_MILLIS << Math.min(last.size() - 1, 20), LONGEST_PAUSE_MILLIS);
        long since = nowMillis - last.getFirst().changedAtMillis();
        return since >= 0 && since < pause;
    }

    private Stream<Command.Move> services() {
        if (environment.instances().values().stream().noneMatch(this::mayBeMisplaced)) {
            return Stream.empty();
        }
        return environment.application().services().entrySet().stream()
                .filter(service -> !service.getValue().placement().global())
                .flatMap(service -> environment.living(service.getKey()).stream()
                        .filter(instance -> isMisplaced(service.getValue(), instance))
                        .map(instance -> move(service.getKey(), "", instance.node())));
    }

    /// Whether it takes a look at the others of its service to tell that it is where it should be.
    private boolean mayBeMisplaced(Instance instance) {
        Node node = state.nodes().get(instance.node());
        ServiceSpec spec = environment.application().services().get(instance.service());
        return node != null
                && spec != null
                && (!node.suits(spec.placement()) || spec.placement().most(node.name()) < Integer.MAX_VALUE);
    }

    private boolean isMisplaced(ServiceSpec spec, Instance instance) {
        Node node = state.nodes().get(instance.node());
        if (node == null) {
            return false;
        }
        int most = spec.placement().most(node.name());
        return node.availability() == Node.Availability.DRAINED
                || node.objection(spec.placement()).isPresent()
                || (most < Integer.MAX_VALUE && here(instance.service(), node) > most);
    }

    private long here(String service, Node node) {
        return environment.living(service).stream()
                .filter(other -> other.node().equals(node.name()))
                .count();
    }

    /// Volumes that no service has now; jobs go with them.
    private Stream<Command.Move> volumes() {
        return environment.volumes().entrySet().stream()
                .filter(volume -> environment.application().services().values().stream()
                        .noneMatch(spec ->
                                spec.job().isEmpty() && spec.volumeNames().contains(volume.getKey())))
                .filter(volume -> state.volume(volume.getValue())
                        .map(Volume::head)
                        .flatMap(head -> Optional.ofNullable(state.nodes().get(head.primary())))
                        .filter(node -> node.availability() == Node.Availability.DRAINED)
                        .isPresent())
                .map(volume -> move("", volume.getKey(), ""));
    }

    private Command.Move move(String service, String volume, String from) {
        return new Command.Move(
                BY,
                nowMillis,
                "m" + Long.toString(state.version(), 36),
                nowMillis + LIMIT_MILLIS,
                environment.name(),
                service,
                volume,
                from,
                "");
    }
}
