package io.flocker.agent.proxy;

import io.flocker.agent.proxy.Slots.Place;
import io.flocker.core.plan.Observed.Answered;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// How the requests of some instances were answered since they are counted: from counters of HAProxy's
/// workers that begin at 0 with each worker and go on when another instance gets a place. Lost with the
/// agent, which then begins at 0.
final class Tally {
    /// A place in a worker.
    ///
    /// @param worker its process id
    record Counter(long worker, Place place) {}

    private Map<Place, String> counted = Map.of();
    private Map<Counter, Answered> last = Map.of();
    private TreePMap<String, Answered> sums = TreePMap.empty();

    /// The sums of `instances` with what came since the last time.
    ///
    /// @param now what the workers' counters show
    synchronized TreePMap<String, Answered> count(Set<String> instances, Slots slots, Map<Counter, Answered> now) {
        var next = new TreeMap<String, Answered>();
        var places = new HashMap<Place, String>();
        for (String instance : instances) {
            Answered sum = sums.getOrDefault(instance, Answered.NOTHING);
            for (Place place : slots.places(instance)) {
                places.put(place, instance);
                sum = instance.equals(counted.get(place)) ? sum.plus(since(place, now)) : sum;
            }
            next.put(instance, sum);
        }
        counted = Map.copyOf(places);
        last = Map.copyOf(now);
        sums = TreePMap.from(next);
        return sums;
    }

    private Answered since(Place place, Map<Counter, Answered> now) {
        Answered since = Answered.NOTHING;
        for (var entry : now.entrySet()) {
            if (entry.getKey().place().equals(place)) {
                since = since.plus(entry.getValue().minus(last.getOrDefault(entry.getKey(), Answered.NOTHING)));
            }
        }
        return since;
    }

    /// The sums as of the last time, when the workers cannot be asked.
    synchronized TreePMap<String, Answered> sums(Set<String> instances) {
        TreePMap<String, Answered> known = sums;
        for (String instance : new HashSet<>(sums.keySet())) {
            known = instances.contains(instance) ? known : known.minus(instance);
        }
        return known;
    }

    /// Reads what a worker prints for `show stat -1 4 -1`: HAProxy's CSV format, columns by name.
    static Map<Counter, Answered> read(long worker, String shown) {
        List<String> lines = shown.lines().toList();
        var counters = new HashMap<Counter, Answered>();
        List<String> columns =
                lines.isEmpty() ? List.of() : List.of(lines.get(0).split(",", -1));
        for (String line : lines) {
            List<String> words = List.of(line.split(",", -1));
            if (words.size() < 2 || !words.get(1).matches("s[0-9]+")) {
                continue;
            }
            var place = new Place(words.get(0), Integer.parseInt(words.get(1).substring(1)));
            var row = new Row(columns, words);
            long broken = row.number("econ") + row.number("eresp");
            long failed = row.number("hrsp_5xx") + broken;
            long answered = row.text("mode").equals("http")
                    ? row.number("hrsp_1xx")
                            + row.number("hrsp_2xx")
                            + row.number("hrsp_3xx")
                            + row.number("hrsp_4xx")
                            + row.number("hrsp_5xx")
                            + row.number("hrsp_other")
                    : row.number("stot");
            counters.put(new Counter(worker, place), new Answered(answered + broken, failed));
        }
        return counters;
    }

    private record Row(List<String> columns, List<String> words) {
        String text(String column) {
            int at = columns.indexOf(column);
            return at < 0 || at >= words.size() ? "" : words.get(at);
        }

        /// What a column counts; 0 if it is empty or missing.
        long number(String column) {
            String text = text(column);
            return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        }
    }
}
