package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RestsTest {
    private static final long MILLIS = 1_000_000;

    @Test
    void lookingTakesAThirdOfTheTime() {
        assertThat(Rests.nanos(30 * MILLIS, 0)).isEqualTo(60 * MILLIS);
        assertThat(Rests.nanos(900 * MILLIS, 0)).isEqualTo(Rests.MOST_NANOS);
    }

    @Test
    void theMoreIsUnderWayTheMoreIsSeenAtOnce() {
        assertThat(Rests.nanos(30 * MILLIS, 1)).isEqualTo(60 * MILLIS);
        assertThat(Rests.nanos(30 * MILLIS, 5)).isEqualTo(200 * MILLIS);
        assertThat(Rests.nanos(30 * MILLIS, 100)).isEqualTo(Rests.MOST_NANOS);
    }

    @Test
    void whatIsUrgentEndsARest() throws Exception {
        var rests = new Rests();
        var rest = Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < 100; i++) {
                    rests.after(0, 100);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        for (int i = 0; i < 100; i++) {
            rests.hurry();
        }
        assertThat(rest.join(Duration.ofSeconds(20))).as("100 rests of 0.4 s").isTrue();
    }

    @Test
    void whatWasUrgentIsLookedAtOnce() throws Exception {
        var rests = new Rests();
        rests.hurry();
        rests.looking();
        long begun = System.nanoTime();
        rests.after(0, 1);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(40 * MILLIS);
    }
}
