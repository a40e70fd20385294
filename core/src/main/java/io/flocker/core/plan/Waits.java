package io.flocker.core.plan;

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

    void fail(String why) {
        if (failure.isEmpty()) {
            failure = Optional.of(why);
        }
    }

    Optional<String> failure() {
        return failure;
    }
}
