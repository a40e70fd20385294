package io.flocker.core.delta;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.pcollections.TreePMap;

/// What is another one in a map, key by key.
final class Maps {
    private Maps() {}

    /// What is shared is mostly the same object; anything else is looked through.
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(TreePMap<String, ?> before, TreePMap<String, ?> after) {
        return before == after;
    }

    /// What is new in `after`, or has another value.
    static <V> TreePMap<String, V> put(TreePMap<String, V> before, TreePMap<String, V> after) {
        if (before.isEmpty()) {
            return after;
        }
        TreePMap<String, V> put = TreePMap.empty();
        if (isSame(before, after)) {
            return put;
        }
        for (Map.Entry<String, V> entry : after.entrySet()) {
            if (!Objects.equals(before.get(entry.getKey()), entry.getValue())) {
                put = put.plus(entry.getKey(), entry.getValue());
            }
        }
        return put;
    }

    /// What is not in `after`.
    static List<String> gone(TreePMap<String, ?> before, TreePMap<String, ?> after) {
        List<String> gone = new ArrayList<>();
        if (isSame(before, after)) {
            return gone;
        }
        for (String key : before.keySet()) {
            if (!after.containsKey(key)) {
                gone.add(key);
            }
        }
        return List.copyOf(gone);
    }

    /// `after`, of `before` and what is another one.
    static <V> TreePMap<String, V> changed(TreePMap<String, V> before, TreePMap<String, V> put, List<String> gone) {
        return (before.isEmpty() ? put : before.plusAll(put)).minusAll(gone);
    }

    /// As [#put], for maps in a map of which none is empty.
    static <V> TreePMap<String, TreePMap<String, V>> putEach(
            TreePMap<String, TreePMap<String, V>> before, TreePMap<String, TreePMap<String, V>> after) {
        TreePMap<String, TreePMap<String, V>> put = TreePMap.empty();
        for (var entry : put(before, after).entrySet()) {
            TreePMap<String, V> each = put(of(before, entry.getKey()), entry.getValue());
            put = each.isEmpty() ? put : put.plus(entry.getKey(), each);
        }
        return put;
    }

    /// As [#gone].
    static <V> TreePMap<String, List<String>> goneEach(
            TreePMap<String, TreePMap<String, V>> before, TreePMap<String, TreePMap<String, V>> after) {
        TreePMap<String, List<String>> gone = TreePMap.empty();
        for (var entry : before.entrySet()) {
            List<String> each = gone(entry.getValue(), of(after, entry.getKey()));
            gone = each.isEmpty() ? gone : gone.plus(entry.getKey(), each);
        }
        return gone;
    }

    /// As [#changed].
    static <V> TreePMap<String, TreePMap<String, V>> changedEach(
            TreePMap<String, TreePMap<String, V>> before,
            TreePMap<String, TreePMap<String, V>> put,
            TreePMap<String, List<String>> gone) {
        TreePMap<String, TreePMap<String, V>> changed = before;
        for (var entry : put.entrySet()) {
            changed = changed.plus(entry.getKey(), of(before, entry.getKey()).plusAll(entry.getValue()));
        }
        for (var entry : gone.entrySet()) {
            TreePMap<String, V> left = of(changed, entry.getKey()).minusAll(entry.getValue());
            changed = left.isEmpty() ? changed.minus(entry.getKey()) : changed.plus(entry.getKey(), left);
        }
        return changed;
    }

    private static <V> TreePMap<String, V> of(TreePMap<String, TreePMap<String, V>> maps, String key) {
        return maps.getOrDefault(key, TreePMap.empty());
    }
}
