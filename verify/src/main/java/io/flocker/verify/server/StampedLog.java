package io.flocker.verify.server;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What containers of a [StampedWriter]'s service wrote: lines of a number (or `self`), the time by the clock that all
/// nodes of a lab share, in seconds, and the container.
public final class StampedLog {
    private StampedLog() {}

    /// The numbers in it.
    public static Set<Long> numbers(List<String> lines) {
        Set<Long> numbers = new HashSet<>();
        for (String line : lines) {
            String first = line.substring(0, Math.max(0, line.indexOf(' ')));
            if (first.matches("[0-9]+")) {
                numbers.add(Long.parseLong(first));
            }
        }
        return numbers;
    }

    /// For how many seconds two containers wrote at the same time, at most; negative for the shortest time between
    /// two. Clock ticks are hundredths of a second: two that only touch do not overlap.
    ///
    /// @param logs of all histories that there are
    public static double overlapSeconds(Collection<List<String>> logs) {
        Map<String, double[]> spans = new TreeMap<>();
        logs.forEach(lines -> lines.forEach(line -> extend(spans, line)));
        List<double[]> ordered = new ArrayList<>(spans.values());
        ordered.sort((a, b) -> Double.compare(a[0], b[0]));
        double overlap = Double.NEGATIVE_INFINITY;
        double end = Double.NEGATIVE_INFINITY;
        for (double[] span : ordered) {
            overlap = Math.max(overlap, Math.min(end, span[1]) - span[0]);
            end = Math.max(end, span[1]);
        }
        return ordered.size() < 2 ? 0 : overlap;
    }

    /// A container's time from its first line to its last.
    private static void extend(Map<String, double[]> spans, String line) {
        String[] words = line.split(" ", -1);
        if (words.length == 3 && words[1].matches("[0-9]+\\.[0-9]+")) {
            double at = Double.parseDouble(words[1]);
            double[] span = spans.computeIfAbsent(words[2], _ -> new double[] {at, at});
            span[0] = Math.min(span[0], at);
            span[1] = Math.max(span[1], at);
        }
    }
}
