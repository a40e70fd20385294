package io.flocker.core.delta;

import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.pcollections.TreePMap;

/// Maps that often have something in common.
final class RandomMaps {
    private static final int KEYS = 6;
    private static final int VALUES = 2;

    private RandomMaps() {}

    /// Some of few keys, each with one of few values.
    static <V> TreePMap<String, V> some(SplittableRandom random, IntFunction<V> value) {
        TreePMap<String, V> some = TreePMap.empty();
        for (int key = 0; key < KEYS; key++) {
            if (random.nextBoolean()) {
                some = some.plus("k" + key, value.apply(random.nextInt(VALUES)));
            }
        }
        return some;
    }
}
