package io.flocker.core.load;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How busy nodes and services were: a point a minute of each, for three hours. Of no more than
/// [#MOST_SERIES]: memory is bounded, at about 100 bytes a point. Knows no clock: times are
/// given. One owner's.
public final class History {
    public static final long PERIOD_MILLIS = 60_000;
    public static final int MOST_POINTS = 180;
    public static final int MOST_SERIES = 5_000;

    /// How busy something was.
    public record Point(long atMillis, Usage usage) {}

    private final Map<String, Deque<Point>> series = new TreeMap<>();
    private long notedAtMillis = Long.MIN_VALUE;

    /// Notes how busy everything is, if it is time.
    public void note(ClusterLoad load, long nowMillis) {
        boolean early = nowMillis >= notedAtMillis && nowMillis - PERIOD_MILLIS < notedAtMillis;
        if (early) {
            return;
        }
        notedAtMillis = nowMillis;
        Map<String, Usage> now = new TreeMap<>();
        load.nodes().forEach((name, node) -> now.put(ofNode(name), node.used()));
        load.instances().forEach((key, usage) -> now.merge(service(key), usage, Usage::plus));
        now.forEach((name, usage) -> note(name, new Point(nowMillis, usage)));
        series.values().removeIf(points -> points.getLast().atMillis() < nowMillis - MOST_POINTS * PERIOD_MILLIS);
    }

    private void note(String name, Point point) {
        if (!series.containsKey(name) && series.size() >= MOST_SERIES) {
            return;
        }
        Deque<Point> points = series.computeIfAbsent(name, _ -> new ArrayDeque<>());
        points.addLast(point);
        while (points.size() > MOST_POINTS) {
            points.removeFirst();
        }
    }

    /// The key of a node.
    public static String ofNode(String name) {
        return "node " + name;
    }

    /// The key of a service.
    public static String ofService(String environment, String service) {
        return environment + "/" + service;
    }

    /// The service of an instance, by its key: `shop/web` of `shop/web.1`.
    public static String service(String instance) {
        int dot = instance.lastIndexOf('.');
        return dot < 0 ? instance : instance.substring(0, dot);
    }

    /// The points of a node or a service, oldest first; none if it is not known.
    public List<Point> of(String key) {
        Deque<Point> points = series.get(key);
        return points == null ? List.of() : List.copyOf(points);
    }
}
