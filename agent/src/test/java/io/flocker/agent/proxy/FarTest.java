package io.flocker.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How many instances each way to a node is for.
class FarTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "3, 3", "4, 4", "5, 4", "11, 4"})
    void allWaysTogetherAreAsHeavyAsThereAreInstances(int instances, int ready) {
        var ways = IntStream.rangeClosed(1, Far.WAYS)
                .mapToObj(number -> Far.of(instances, number))
                .filter(Far::ready)
                .toList();

        assertThat(ways).hasSize(ready);
        assertThat(ways.stream().mapToInt(Far::weight).sum()).isEqualTo(instances);
        assertThat(ways.stream().mapToInt(Far::weight).max().orElse(0)
                        - ways.stream().mapToInt(Far::weight).min().orElse(0))
                .isBetween(0, 1);
    }
}
