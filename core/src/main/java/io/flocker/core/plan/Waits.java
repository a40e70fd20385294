package io.flocker.core.plan;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.job.JobPlanner;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// What an operation waits for, on which nodes, and why it need not wait any longer.
final class Waits {
    /// A node that said nothing for so long is told of.
    static final long SILENT_MILLIS = 5_000;

    private final TreePMap<String, Sighting> sightings;
    private final long nowMillis;
    private final List<String> what = new ArrayList<>();
    private final TreeSet<String> nodes = new TreeSet<>();
    private Optional<String> failure = Optional.empty();

    /// A node that says nothing.
    record Silence(String node, long millis) {
        @Override
        public String toString() {
            return "node " + node + ", which has not been heard for " + millis / 1_000 + " s";
        }
    }

    Waits(TreePMap<String, Sighting> sightings, long nowMillis) {
        this.sightings = sightings;
        this.nowMillis = nowMillis;
    }

    @Nullable
    Sighting sighting(String node) {
        return sightings.get(node);
    }

    /// Waits for something that no node in particular does.
    void add(String missing) {
        what.add(missing);
    }

    /// Waits for something that `node` does.
    void on(String node, String missing) {
        what.add(missing);
        nodes.add(node);
    }

    /// Waits until `node` is heard, and knows what it is to do.
    void hear(String node) {
        Sighting sighting = sightings.get(node);
        if (sighting == null || !sighting.upToDate() || isSilent(node)) {
            on(node, "node " + node + " to report");
        }
    }

    boolean isSilent(String node) {
        return silenceMillis(node) >= SILENT_MILLIS;
    }

    private long silenceMillis(String node) {
        Sighting sighting = sightings.get(node);
        return sighting == null ? 0 : nowMillis - sighting.atMillis();
    }

    /// The nodes it waits for that say nothing.
    private List<Silence> silences() {
        return nodes.stream()
                .filter(this::isSilent)
                .map(node -> new Silence(node, silenceMillis(node)))
                .toList();
    }

    /// A node it waits for that said nothing for longer than `millis`.
    Optional<Silence> longerThan(long millis) {
        return silences().stream().filter(silence -> silence.millis() > millis).findFirst();
    }

    /// In words, most telling first.
    List<String> list() {
        List<String> all = new ArrayList<>();
        silences().forEach(silence -> all.add(silence.toString()));
        all.addAll(what);
        return List.copyOf(all);
    }

    /// The problem of `node` with `subject`, if it is such a one.
    Optional<Problem> problem(String node, String subject, Predicate<Problem> such) {
        Sighting sighting = sightings.get(node);
        return sighting == null
                ? Optional.empty()
                : sighting.problems().stream()
                        .filter(problem -> problem.subject().equals(subject) && such.test(problem))
                        .findFirst();
    }

    /// Why something does not work, if its node says so.
    String reason(String node, String subject) {
        return problem(node, subject, _ -> true)
                .map(problem -> ": " + problem.message())
                .orElse("");
    }

    /// Waits until a snapshot that a volume begins with has come to `node`.
    void arrival(String node, SnapshotId snapshot, String volume) {
        Sighting sighting = sightings.get(node);
        if (sighting == null || has(sighting, snapshot)) {
            return;
        }
        on(node, "the data of volume " + volume + " to reach " + node + progress(sighting, snapshot.volume()));
        failFor(node, "volume " + snapshot.volume(), Problem::lasting);
    }

    private static boolean has(Sighting sighting, SnapshotId snapshot) {
        StoredVolume stored = sighting.observed().volumes().get(snapshot.volume());
        return stored != null && stored.snapshots().contains(snapshot.position());
    }

    /// How far what comes of a volume is: `: 1.2 of 5.0 GiB, 24 s left`; empty if nothing comes.
    static String progress(Sighting sighting, String volume) {
        return sighting.transfers().stream()
                .filter(transfer -> transfer.volume().equals(volume) && !transfer.ended())
                .findFirst()
                .map(transfer -> ": " + transfer.progress())
                .orElse("");
    }

    /// What an operation has a node get ready before it changes anything: images, and the environment's network.
    ///
    /// @param coming what the node is about to run
    void preparation(Environment environment, Operation operation, String node, List<ServiceSpec> coming) {
        Sighting sighting = sightings.get(node);
        boolean deploys = operation.kind() instanceof Operation.Kind.Deploy;
        boolean rollsBack = operation.kind() instanceof Operation.Kind.RollBack;
        boolean needless = isSilent(node)
                ? coming.stream().allMatch(spec -> deploys && isCurrent(environment, spec))
                : (deploys || rollsBack) && sighting != null && hasAll(sighting, operation, coming);
        if (needless) {
            return;
        }
        if (sighting == null || !sighting.upToDate()) {
            on(node, "node " + node + " to report");
            return;
        }
        if (!coming.isEmpty() && !sighting.observed().networks().containsKey(environment.name())) {
            on(node, "the network on " + node);
        }
        for (ServiceSpec spec : coming) {
            if (!isHere(sighting, operation, spec)) {
                on(node, "image " + spec.image() + " on " + node);
            }
            failFor(node, "image " + spec.image(), Problem::lasting);
        }
    }

    /// Whether nothing changes of a service: because of it, no node that is not heard is waited for.
    private static boolean isCurrent(Environment environment, ServiceSpec spec) {
        return environment.services().values().stream()
                .anyMatch(service -> service.release().runs().equals(spec));
    }

    /// Whether a node has the images already, for others or for the release before. Then it is not waited for until
    /// it has heard of the operation, nor for the network, which it makes before it starts anything: of a thousand
    /// nodes, the slowest answer would hold up all.
    private static boolean hasAll(Sighting sighting, Operation operation, List<ServiceSpec> coming) {
        return !coming.isEmpty() && coming.stream().allMatch(spec -> isHere(sighting, operation, spec));
    }

    private static boolean isHere(Sighting sighting, Operation operation, ServiceSpec spec) {
        var wanted = new Assignment.WantedImage(
                spec.image(), spec.pull(), spec.sandbox().platform(), operation.id());
        return sighting.observed().images().containsKey(Situation.key(wanted));
    }

    /// Waits until nothing of an environment is left.
    void removal(ClusterState state, Environment environment) {
        for (Volume volume : state.volumes().values()) {
            if (volume.environment().equals(environment.name()) && volume.state() == Volume.State.DELETING) {
                on(volume.head().primary(), "volume " + volume.name() + " to be deleted");
            }
        }
        sightings.forEach((node, sighting) -> {
            if (sighting.upToDate() && sighting.observed().networks().containsKey(environment.name())) {
                on(node, "the network on " + node + " to be removed");
            }
        });
    }

    /// A job's run: what it depends on before it starts, then its container.
    void run(Operation operation, Operation.Kind.Run run, InstanceGates gates) {
        if (operation.phase() == Phase.PREPARE) {
            gates.waitsFor(run).ifPresent(what -> add(run.service() + ", which waits for " + what));
        } else {
            JobPlanner.waiting(sightings, operation, run).ifPresent(what -> on(run.node(), what));
            JobPlanner.failure(sightings, operation, run).ifPresent(this::fail);
        }
    }

    /// Fails because of a problem of `node` with `subject`, if it is such a one, and names all
    /// nodes that have it.
    void failFor(String node, String subject, Predicate<Problem> such) {
        problem(node, subject, such)
                .ifPresent(problem -> fail(problem.message() + " (" + String.join(", ", troubled(subject)) + ")"));
    }

    /// The nodes that have a problem with `subject`.
    private List<String> troubled(String subject) {
        return sightings.entrySet().stream()
                .filter(entry -> entry.getValue().problems().stream()
                        .anyMatch(problem -> problem.subject().equals(subject)))
                .map(entry -> "node " + entry.getKey())
                .toList();
    }

    void fail(String why) {
        if (failure.isEmpty()) {
            failure = Optional.of(why);
        }
    }

    Optional<String> failure() {
        return failure;
    }

    /// What becomes of an operation that gives up waiting for `node`, in words.
    static String consequence(Operation operation, String node) {
        return switch (operation.kind()) {
            case Operation.Kind.FailOver failOver ->
                what(failOver.move()) + " is on " + failOver.move().to() + " now";
            case Operation.Kind.Move move ->
                switch (operation.phase()) {
                    case START, UNDO -> what(move) + " is on " + move.to() + " now, with all its data";
                    case PREPARE, STOP, SWITCH, CLEAN_UP, END -> what(move) + " stays on " + move.from();
                };
            case Operation.Kind.Deploy _ ->
                operation.phase().compareTo(Phase.START) < 0
                        ? "nothing was changed"
                        : "what belongs on it starts when it is back, the rest is there";
            case Operation.Kind.Run run ->
                run.result().started()
                        ? "what became of " + run.service() + " is not known; it is not run again by itself"
                        : run.service() + " is not run";
            case Operation.Kind.Remove _,
                    Operation.Kind.Restart _,
                    Operation.Kind.RollBack _,
                    Operation.Kind.Replace _ -> "what is left to do on " + node + " is done when it is back";
        };
    }

    private static String what(Operation.Kind.Move move) {
        return move.services().isEmpty() ? "the volume" : String.join(", ", move.services());
    }
}
