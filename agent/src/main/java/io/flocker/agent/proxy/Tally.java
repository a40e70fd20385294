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

    /// What a place's counters show.
    record Shown(Answered answered, Pace pace) {
        static final Shown NOTHING = new Shown(Answered.NOTHING, Pace.NONE);
    }

    private Map<Place, String> counted = Map.of();
    private Map<Counter, Shown> last = Map.of();
    /// What counters showed when the instance got its place.
    private Map<Counter, Pace> begun = Map.of();
    private TreePMap<String, Answered> sums = TreePMap.empty();

    /// The sums of `instances` with what came since the last time.
    ///
    /// @param now what the workers' counters show
    synchronized TreePMap<String, Answered> count(Set<String> instances, Slots slots, Map<Counter, Shown> now) {
        var first = new HashMap<Counter, Pace>();
        var next = new TreeMap<String, Answered>();
        var places = new HashMap<Place, String>();
        for (String instance : instances) {
            Answered sum = sums.getOrDefault(instance, Answered.NOTHING).untimed();
            for (Place place : slots.places(instance)) {
                boolean before = instance.equals(counted.get(place));
                places.put(place, instance);
                sum = before ? sum.plus(since(place, now)) : sum;
                sum = sum.plus(timed(place, before, now, first));
            }
            next.put(instance, sum);
        }
        counted = Map.copyOf(places);
        last = Map.copyOf(now);
        begun = Map.copyOf(first);
        sums = TreePMap.from(next);
        return sums;
    }

    private Answered since(Place place, Map<Counter, Shown> now) {
        Answered since = Answered.NOTHING;
        for (var entry : now.entrySet()) {
            if (entry.getKey().place().equals(place)) {
                Shown before = last.getOrDefault(entry.getKey(), Shown.NOTHING);
                since = since.plus(entry.getValue().answered().minus(before.answered()));
            }
        }
        return since;
    }

    /// How long the answers of the instance at a place took, by every worker that is still there.
    ///
    /// @param before whether it had this place the last time; else it begins with what is shown now
    /// @param first gets what each counter showed when it began
    private Answered timed(Place place, boolean before, Map<Counter, Shown> now, Map<Counter, Pace> first) {
        Answered timed = Answered.NOTHING;
        for (var entry : now.entrySet()) {
            if (entry.getKey().place().equals(place)) {
                Pace pace = entry.getValue().pace();
                Pace start = before ? begun.getOrDefault(entry.getKey(), Pace.NONE) : pace;
                first.put(entry.getKey(), start);
                long requests = pace.since(start);
                timed = timed.plus(new Answered(0, 0, requests, Math.round(pace.millisSince(start) * requests)));
            }
        }
        return timed;
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
    static Map<Counter, Shown> read(long worker, String shown) {
        List<String> lines = shown.lines().toList();
        var counters = new HashMap<Counter, Shown>();
        List<String> columns =
                lines.isEmpty() ? List.of() : List.of(lines.get(0).split(",", -1));
        for (String line : lines) {
            int number = Columns.place(Columns.of(line, ',', 1));
            if (number == 0) {
                continue;
            }
            List<String> words = List.of(line.split(",", -1));
            var place = new Place(words.get(0), number);
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
            boolean http = row.text("mode").equals("http");
            Pace pace = http ? Pace.shown(row.number("req_tot"), row.number("rtime")) : Pace.NONE;
            counters.put(new Counter(worker, place), new Shown(new Answered(answered + broken, failed), pace));
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
