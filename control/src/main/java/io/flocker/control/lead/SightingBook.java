package io.flocker.control.lead;

import io.flocker.client.api.Report;
import io.flocker.core.plan.Sighting;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;

/// What nodes last reported in one term of office. Its owner's lock guards it.
final class SightingBook {
    private final Map<String, Leader.Heard> heard = new TreeMap<>();
    private final long sinceNanos = System.nanoTime();

    /// Takes a node's report.
    ///
    /// @return whether it says what the one before did not
    boolean hear(String node, Report report) {
        var now = new Leader.Heard(report, System.currentTimeMillis(), System.nanoTime());
        Leader.Heard before = heard.put(node, now);
        return before == null || !before.report().saysTheSameAs(report);
    }

    /// The last report of a node.
    Optional<Leader.Heard> last(String node) {
        return Optional.ofNullable(heard.get(node));
    }

    /// What nodes last reported, each with whether it was up to date.
    TreePMap<String, Sighting> heard(AssignmentBook assignments) {
        TreePMap<String, Sighting> sightings = TreePMap.empty();
        for (var entry : heard.entrySet()) {
            Report report = entry.getValue().report();
            sightings = sightings.plus(
                    entry.getKey(),
                    new Sighting(
                            report.observed(),
                            assignments.isUpToDate(entry.getKey(), report.revision()),
                            report.busy(),
                            report.problems(),
                            report.taken(),
                            report.transfers(),
                            millisOf(entry.getValue().atNanos())));
        }
        return sightings;
    }

    /// The same, and of those of `nodes` that were not heard in this term, that they were not.
    TreePMap<String, Sighting> all(AssignmentBook assignments, Set<String> nodes) {
        TreePMap<String, Sighting> sightings = heard(assignments);
        for (String node : nodes) {
            if (!heard.containsKey(node)) {
                sightings = sightings.plus(node, Sighting.none(millisOf(sinceNanos)));
            }
        }
        return sightings;
    }

    /// By the clock as it is now, which somebody may have set since.
    private static long millisOf(long nanos) {
        return System.currentTimeMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }
}
