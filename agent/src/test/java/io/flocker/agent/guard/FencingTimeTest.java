package io.flocker.agent.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.lease.LeaseTerms;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FencingTimeTest {
    private static final LeaseTerms TERMS = LeaseTerms.USUAL;

    private static long minutes(int number) {
        return TimeUnit.MINUTES.toNanos(number);
    }

    private static long seconds(int number) {
        return TimeUnit.SECONDS.toNanos(number);
    }

    @Test
    void isNeverLessThanUsualAndThreeTimesWhatWasSeen() {
        FencingTime usual = FencingTime.usual(TERMS);
        assertThat(usual.hear(seconds(0), minutes(1), TERMS).millis()).isEqualTo(1_000);
        assertThat(usual.hear(seconds(1), minutes(1), TERMS).millis()).isEqualTo(3_000);
    }

    @Test
    void isForgottenAnHourAfterItWasHeardLast() {
        FencingTime slow = FencingTime.usual(TERMS).hear(seconds(6), minutes(0), TERMS);
        slow = slow.hear(seconds(6), minutes(30), TERMS);
        slow = slow.hear(seconds(0), minutes(31), TERMS);
        assertThat(slow.hear(seconds(0), minutes(90), TERMS).millis()).isEqualTo(18_000);
        assertThat(slow.hear(seconds(0), minutes(91), TERMS).millis()).isEqualTo(1_000);
    }

    @Test
    void fallsToWhatWasSeenSince() {
        FencingTime slow = FencingTime.usual(TERMS).hear(seconds(6), minutes(0), TERMS);
        assertThat(slow.hear(seconds(1), minutes(61), TERMS).millis()).isEqualTo(3_000);
    }
}
