package io.flocker.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
    @Test
    void nothingGoesFasterThanTheRate() {
        var limit = new RateLimit(1_000_000);
        long now = System.nanoTime() + 10_000_000_000L;
        long start = now;

        for (int i = 0; i < 100; i++) {
            now += limit.reserve(50_000, now);
        }

        // 99 pieces were through before the last one began, less what was saved up.
        assertThat(now - start).isBetween(4_800_000_000L, 4_960_000_000L);
    }

    @Test
    void aPauseIsNotMadeUpFor() {
        var limit = new RateLimit(1_000_000);
        long now = System.nanoTime() + 3_600_000_000_000L;

        assertThat(limit.reserve(1_000_000, now)).isZero();
        assertThat(limit.reserve(1, now)).isEqualTo(900_000_000);
    }

    @Test
    void noLimitNeverWaits() throws InterruptedException {
        var limit = new RateLimit(0);

        limit.take(Integer.MAX_VALUE);
        limit.take(Integer.MAX_VALUE);
    }
}
