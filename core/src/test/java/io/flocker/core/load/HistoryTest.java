package io.flocker.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What is remembered, and for how long.
class HistoryTest {
    private final History history = new History();

    @Test
    void remembersAPointAMinuteOfNodesAndOfServicesTogether() {
        ClusterLoad load = load(2);
        history.note(load, 0);
        history.note(load, History.PERIOD_MILLIS - 1);
        history.note(load, History.PERIOD_MILLIS);
        assertThat(history.of(History.ofNode("n1")))
                .extracting(History.Point::atMillis)
                .containsExactly(0L, History.PERIOD_MILLIS);
        assertThat(history.of("shop/web").getFirst().usage().cpuCores())
                .as("both instances")
                .isEqualTo(2);
        assertThat(history.of("shop/unknown")).isEmpty();
    }

    @Test
    void isBoundedInTimeAndNumber() {
        for (int minute = 0; minute < 2 * History.MOST_POINTS; minute++) {
            history.note(load(1), minute * History.PERIOD_MILLIS);
        }
        assertThat(history.of("shop/web")).hasSize(History.MOST_POINTS);
        long later = 3 * History.MOST_POINTS * History.PERIOD_MILLIS;
        TreePMap<String, Usage> many = TreePMap.empty();
        for (int number = 0; number < History.MOST_SERIES + 10; number++) {
            many = many.plus("many/service" + number + ".1", Usage.NOTHING);
        }
        history.note(new ClusterLoad(TreePMap.empty(), many, TreePMap.empty()), later);
        assertThat(history.of("shop/web"))
                .as("silent for as long as is remembered")
                .isEmpty();
        assertThat(many.keySet().stream()
                        .filter(key -> !history.of(History.service(key)).isEmpty()))
                .hasSizeLessThanOrEqualTo(History.MOST_SERIES);
    }

    private static ClusterLoad load(int instances) {
        TreePMap<String, Usage> all = TreePMap.empty();
        for (int slot = 1; slot <= instances; slot++) {
            all = all.plus("shop/web." + slot, new Usage(1, 0, 0, 0, 0, 0));
        }
        return new ClusterLoad(TreePMap.singleton("n1", NodeLoad.UNKNOWN), all, TreePMap.empty());
    }
}
