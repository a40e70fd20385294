package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// How often what starts is asked.
class CadenceTest {
    private final Cadence cadence = new Cadence(20, 8, 1_000);

    private long after(Duration taken) {
        return cadence.restMillis(System.nanoTime() - taken.toNanos());
    }

    @Test
    void theRestIsAShareOfTheTimeSoFarWithinItsBounds() {
        assertThat(after(Duration.ZERO)).isEqualTo(20);
        assertThat(after(Duration.ofSeconds(4))).isBetween(500L, 600L);
        assertThat(after(Duration.ofMinutes(1))).isEqualTo(1_000);
    }

    @Test
    void whatIsLostByAskingTooLateIsNoMoreThanTheShare() {
        long at = 0;
        int asked = 0;
        for (; at < 4_000; asked++) {
            long rest = after(Duration.ofMillis(at));
            assertThat(rest).isLessThanOrEqualTo(Math.max(20, at / 8 + 50));
            at += rest;
        }
        assertThat(asked).isLessThan(50);
    }
}
