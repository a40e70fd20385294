package io.flocker.core.model;

import java.util.Map;
import org.pcollections.TreePMap;

/// Maps with one iteration order everywhere. Replicas of the cluster state must walk a map in the same order,
/// which `Map.copyOf` and `HashMap` do not promise.
public final class Sorted {
    private Sorted() {}

    /// The same entries, ordered by key; `map` itself when it already is.
    public static <V> TreePMap<String, V> map(Map<String, V> map) {
        return map instanceof TreePMap<String, V> sorted ? sorted : TreePMap.from(map);
    }
}
