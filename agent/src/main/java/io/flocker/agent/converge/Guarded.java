package io.flocker.agent.converge;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.guard.NodeLease;
import io.flocker.core.lease.Tenure;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.StoredVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What writes here only under a lease: which tenures this node holds, and which control groups the guard is to fence.
/// A container that is made under tenures has them in a label, and runs in a group named after them. One that was made
/// before its volume could fail over by itself is guarded in the group that it has.
///
/// Its lock is held while the guard is told, so that what is about to start is never forgotten.
final class Guarded {
    private static final Logger log = LoggerFactory.getLogger(Guarded.class);

    /// Control groups that nothing uses any more are looked for no more often.
    private static final long SWEEP_NANOS = 10_000_000_000L;

    /// A file's name has 255 bytes at most.
    private static final int MAX_NAME = 200;

    private final ContainerEngine engine;
    private final NodeLease lease;
    /// By instance.
    private final Map<String, Start> starts = new HashMap<>();
    /// The groups of containers, by id and start.
    private final Map<String, Path> groups = new HashMap<>();
    /// What runs in groups that the guard was told of.
    private TreeMap<Path, List<Tenure>> running = new TreeMap<>();
    /// Containers that were ended for having no right to write.
    private final Set<String> killed = new HashSet<>();
    /// Of containers that began without a lease: what the guard is told of once it is granted.
    private volatile Set<Tenure> pending = Set.of();
    private long sweptAtNanos = System.nanoTime();
    private volatile List<Tenure> held = List.of();
    private volatile List<Problem> problems = List.of();

    /// Something that starts.
    private static final class Start {
        final Path group;
        final List<Tenure> tenures;
        /// When it ended, by [System#nanoTime].
        Optional<Long> endedAtNanos = Optional.empty();

        Start(Path group, List<Tenure> tenures) {
            this.group = group;
            this.tenures = tenures;
        }
    }

    /// What runs.
    ///
    /// @param guarded the tenures of what has the right to run, by group
    /// @param pending the tenures of what began without a lease, and is guarded when there is one
    /// @param strays the groups of what has not, by container
    /// @param free what needs no lease
    private record Sorted(
            TreeMap<Path, List<Tenure>> guarded, Set<Tenure> pending, Map<String, Path> strays, List<Found> free) {
        Sorted() {
            this(new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), new ArrayList<>());
        }
    }

    Guarded(ContainerEngine engine, NodeLease lease) {
        this.engine = engine;
        this.lease = lease;
    }

    /// What this node says it has, as of the last look.
    List<Tenure> held() {
        return held;
    }

    List<Problem> problems() {
        return problems;
    }

    /// Those of its tenures that this node may write under now, and that the guard knows of if something does.
    List<Tenure> leased(Assignment assignment) {
        Set<Tenure> unguarded = pending;
        return lease.writable(assignment.tenures()).stream()
                .filter(tenure -> !unguarded.contains(tenure))
                .toList();
    }

    /// Takes in what a look has found, and has the guard follow.
    ///
    /// @param lookedAtNanos when the look began, by [System#nanoTime]
    synchronized void see(
            Assignment assignment,
            ContainerEngine.Sight sight,
            TreePMap<String, StoredVolume> volumes,
            long lookedAtNanos) {
        starts.values()
                .removeIf(start -> start.endedAtNanos
                        .filter(ended -> ended < lookedAtNanos)
                        .isPresent());
        List<Found> found = Stream.concat(sight.containers().values().stream(), sight.besides().stream())
                .filter(Found::running)
                .toList();
        var all = new TreeSet<>(assignment.tenures());
        var unknown = new TreeSet<Tenure>();
        for (Found one : found) {
            List<Tenure> tenures = tenures(one, assignment, sight.mounts(), volumes);
            all.addAll(tenures);
            if (isLater(tenures, one)) {
                unknown.addAll(tenures);
            }
        }
        starts.values().forEach(start -> all.addAll(start.tenures));
        List<String> wrong = new ArrayList<>();
        try {
            Sorted sorted = sort(found, one -> tenures(one, assignment, sight.mounts(), volumes), assignment);
            follow(sorted);
            pending = sorted.pending();
        } catch (IOException e) {
            pending = unknown;
            wrong.add(String.valueOf(e.getMessage()));
        }
        held = List.copyOf(all);
        // Also of a node that nobody writes on yet: others are to take over before it does.
        lease.objection().ifPresent(wrong::add);
        tell(wrong);
        sweep(sight);
    }

    /// The tenures that a container runs under; none if no lease is needed. They are those that it was made under or,
    /// once none of these needs a lease any more, those of the other volumes that it writes.
    private static List<Tenure> tenures(
            Found found,
            Assignment assignment,
            Map<String, List<String>> mounts,
            TreePMap<String, StoredVolume> volumes) {
        List<Tenure> labelled = found.tenures().stream()
                .filter(tenure -> !isFree(assignment.volumes().get(tenure.volume()), tenure))
                .toList();
        if (!labelled.isEmpty()) {
            return labelled;
        }
        return mounts.getOrDefault(found.id(), List.of()).stream()
                .filter(id -> Optional.ofNullable(assignment.volumes().get(id))
                        .filter(WantedVolume::needsLease)
                        .isPresent())
                .flatMap(id -> Stream.ofNullable(volumes.get(id)))
                .map(stored -> new Tenure(stored.id(), stored.headEpoch()))
                .sorted()
                .toList();
    }

    /// Whether a volume does not fail over by itself any more, and is still this node's.
    private static boolean isFree(@Nullable WantedVolume volume, Tenure tenure) {
        return volume != null
                && volume.ofPrimary()
                && !volume.guarded()
                && volume.tenure().equals(tenure);
    }

    /// Whether a lease came to be needed for these when the container was there already.
    private static boolean isLater(List<Tenure> tenures, Found found) {
        return Collections.disjoint(tenures, found.tenures());
    }

    private interface Tenures {
        List<Tenure> of(Found found);
    }

    private Sorted sort(List<Found> found, Tenures tenures, Assignment assignment) throws IOException {
        var sorted = new Sorted();
        Set<Tenure> own = Set.copyOf(assignment.tenures());
        Set<Path> guarded = lease.guarded();
        for (Found one : found) {
            List<Tenure> of = tenures.of(one);
            Optional<Path> group = of.isEmpty() ? Optional.empty() : group(one);
            if (of.isEmpty()) {
                sorted.free().add(one);
            } else if (group.isPresent() && isLater(of, one) && !guarded.contains(group.get()) && !mayWrite(of)) {
                sorted.pending().addAll(of);
            } else if (group.isPresent() && own.containsAll(of)) {
                sorted.guarded().merge(group.get(), of, Guarded::both);
            } else if (group.isPresent()) {
                sorted.strays().put(one.id(), group.get());
            }
        }
        Set<String> ids = found.stream().map(Guarded::start).collect(Collectors.toSet());
        groups.keySet().retainAll(ids);
        killed.retainAll(sorted.strays().keySet());
        return sorted;
    }

    private boolean mayWrite(List<Tenure> tenures) {
        return lease.writable(tenures).equals(tenures);
    }

    private static List<Tenure> both(List<Tenure> some, List<Tenure> others) {
        return Stream.concat(some.stream(), others.stream()).distinct().sorted().toList();
    }

    private static String start(Found found) {
        return found.id() + " " + found.startedAtMillis();
    }

    private Optional<Path> group(Found found) throws IOException {
        Path known = groups.get(start(found));
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Path> own = engine.groupOf(found.id());
        Optional<Path> group = found.tenures().isEmpty() ? own : own.map(Path::getParent);
        group.ifPresent(path -> groups.put(start(found), path));
        return group;
    }

    private void follow(Sorted sorted) throws IOException {
        running = sorted.guarded();
        Set<Path> leaving = new TreeSet<>(lease.guarded());
        leaving.removeAll(list().keySet());
        leaving.removeAll(sorted.strays().values());
        if (!leaving.isEmpty()) {
            for (Found free : sorted.free()) {
                Optional<Path> group = group(free).filter(leaving::contains);
                if (group.isPresent()) {
                    lease.free(group.get());
                    log.atInfo()
                            .addKeyValue("instance", free.key())
                            .log("No lease is needed any more: its volume does not fail over by itself");
                }
            }
        }
        for (var stray : sorted.strays().entrySet()) {
            if (killed.add(stray.getKey())) {
                log.atWarn()
                        .addKeyValue("container", stray.getKey())
                        .log("Ended at once: its volume is another node's, or has another head");
                lease.kill(stray.getValue());
            }
        }
        lease.guard(list());
    }

    private Map<Path, List<Tenure>> list() {
        var list = new TreeMap<>(running);
        starts.values().forEach(start -> list.merge(start.group, start.tenures, Guarded::both));
        return list;
    }

    private void tell(List<String> wrong) {
        List<String> before = problems.stream().map(Problem::message).toList();
        if (!wrong.equals(before)) {
            wrong.forEach(
                    text -> log.atWarn().addKeyValue("reason", text).log("The lease cannot be kept as it should"));
            long now = System.currentTimeMillis();
            problems = wrong.stream()
                    .map(text -> new Problem(Problem.NODE, Problem.GUARD, text, false, 1, now, now))
                    .toList();
        }
    }

    /// Starts something in a control group named after its tenures, which is guarded before; nothing if this node may
    /// not write under them all.
    ///
    /// @param instance its key
    void starting(String instance, List<Tenure> tenures, Starting start) throws IOException {
        if (tenures.isEmpty()) {
            start.in("");
            return;
        }
        String name = group(tenures);
        var entry = new Start(engine.group(name), tenures);
        try {
            synchronized (this) {
                starts.put(instance, entry);
                lease.guard(list());
            }
            if (mayWrite(tenures)) {
                start.in(name);
            } else {
                log.atInfo().addKeyValue("instance", instance).log("Not started: the lease has ended");
            }
        } finally {
            synchronized (this) {
                entry.endedAtNanos = Optional.of(System.nanoTime());
            }
        }
    }

    /// Starts a container in a control group; empty for the engine's own choice.
    interface Starting {
        void in(String group) throws IOException;
    }

    /// Removes control groups once no container is left that was made for them: until then they stand still, so that
    /// one that an engine starts late never runs.
    private void sweep(ContainerEngine.Sight sight) {
        long now = System.nanoTime();
        if (now - sweptAtNanos < SWEEP_NANOS) {
            return;
        }
        sweptAtNanos = now;
        Collection<Found> all = new ArrayList<>(sight.containers().values());
        all.addAll(sight.besides());
        Set<String> used = all.stream()
                .filter(found -> !found.tenures().isEmpty())
                .map(found -> group(found.tenures()))
                .collect(Collectors.toSet());
        starts.values().forEach(start -> used.add(group(start.tenures)));
        try {
            engine.removeGroups(lease.name(), used);
        } catch (IOException e) {
            log.atDebug().addKeyValue("reason", e.getMessage()).log("Control groups are left");
        }
    }

    private String group(List<Tenure> tenures) {
        String name = tenures.stream().map(Tenure::toString).collect(Collectors.joining("+"));
        return lease.name() + "/"
                + (name.length() <= MAX_NAME
                        ? name
                        : name.substring(0, MAX_NAME) + "-" + Integer.toHexString(name.hashCode()));
    }
}
