package io.flocker.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final Duration LIMIT = Duration.ofMillis(200);

    @Test
    void whatStandsStillIsInterrupted() {
        assertThatThrownBy(() -> Watchdog.over(LIMIT, _ -> new CountDownLatch(1).await()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Nothing came through");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whatMovesIsLeftAlone() throws Exception {
        Watchdog.over(LIMIT, watchdog -> {
            for (int i = 0; i < 10; i++) {
                watchdog.passed();
                TimeUnit.MILLISECONDS.sleep(50);
            }
        });
    }

    @Test
    void whatHasAllMayTakeItsTime() throws Exception {
        Watchdog.over(LIMIT, watchdog -> {
            watchdog.finished();
            TimeUnit.MILLISECONDS.sleep(500);
        });
    }

    @Test
    void anInterruptionFromOutsideStaysOne() {
        assertThatThrownBy(() -> Watchdog.over(LIMIT, _ -> {
                    throw new InterruptedException("cancelled");
                }))
                .isInstanceOf(InterruptedException.class);
    }
}
