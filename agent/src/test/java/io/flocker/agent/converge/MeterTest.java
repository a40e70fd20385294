package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.converge.Meter.Counted;
import io.flocker.core.plan.Observed.Load;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;

class MeterTest {
    private static final String WEB = "shop/web.1";

    private final Meter meter = new Meter();
    private TreePMap<String, Load> loads = TreePMap.empty();
    private long second;

    @Test
    void saysWhatTheLastTenSecondsWereOnAverage() {
        run(4, "a", 100, 0.5);
        assertThat(loads).as("after too short a time").isEmpty();
        run(8, "a", 100, 0.5);
        assertThat(loads).containsExactly(Map.entry(WEB, new Load(100_000, 500)));
        run(5, "a", 300, 0.5);
        assertThat(loads).containsExactly(Map.entry(WEB, new Load(200_000, 500)));
        run(10, "a", 0, 0);
        assertThat(loads).containsExactly(Map.entry(WEB, new Load(0, 0)));
    }

    @Test
    void beginsAnewWithAnotherContainerAndWithCountersThatDo() {
        run(10, "a", 100, 0.5);
        run(3, "b", 100, 0.5);
        assertThat(loads).isEmpty();
        run(10, "b", 100, 0.5);
        assertThat(loads).hasSize(1);
        requests = 0;
        run(3, "b", 100, 0.5);
        assertThat(loads).isEmpty();
    }

    @Test
    void forgetsWhatIsNotCountedAnyMore() {
        run(10, "a", 100, 0.5);
        assertThat(meter.measure(Map.of(), ++second * 1_000_000_000)).isEmpty();
        run(3, "a", 100, 0.5);
        assertThat(loads).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.4, 0", "7.6, 8", "99.4, 99", "104, 100", "106, 110", "123456, 120000"})
    void roundsToTwoDigits(double value, long rounded) {
        assertThat(Meter.rounded(value)).isEqualTo(rounded);
    }

    private long requests;
    private long cpuNanos;

    private void run(int seconds, String container, long requestsPerSecond, double cores) {
        for (int i = 0; i < seconds; i++) {
            requests += requestsPerSecond;
            cpuNanos += Math.round(cores * 1e9);
            loads = meter.measure(Map.of(WEB, new Counted(container, requests, cpuNanos)), ++second * 1_000_000_000);
        }
    }
}
