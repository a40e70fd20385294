package io.flocker.control.api.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.control.api.Refusal;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AdmissionTest {
    private final AtomicLong now = new AtomicLong();
    private final Admission admission = new Admission(now::get);

    /// Writes that wait until they are let go.
    private final class Stuck implements AutoCloseable {
        private final CountDownLatch gate = new CountDownLatch(1);
        private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();

        Stuck(int writes) throws InterruptedException {
            var begun = new CountDownLatch(writes);
            for (int i = 0; i < writes; i++) {
                writers.submit(() -> admission.write(() -> {
                    begun.countDown();
                    gate.await();
                    return "";
                }));
            }
            begun.await();
        }

        @Override
        public void close() {
            gate.countDown();
            writers.close();
        }
    }

    @Test
    void takesAsManyAsMayWait() throws Exception {
        try (var _ = new Stuck(Admission.MOST_WAITING - 1)) {
            admission.admit();
            assertThat(admission.<String>writeFirst(() -> "written")).isEqualTo("written");
        }
    }

    @Test
    void refusesWhileTooManyWaitAndTakesTheRestOfWhatWasBegun() throws Exception {
        try (var _ = new Stuck(Admission.MOST_WAITING)) {
            assertThatThrownBy(admission::admit)
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("1,000 wait to be written down");
            assertThatThrownBy(() -> admission.writeFirst(() -> "written")).isInstanceOf(Refusal.class);
            assertThat(admission.<String>write(() -> "written")).isEqualTo("written");
        }
        assertThatCode(admission::admit).doesNotThrowAnyException();
    }

    @Test
    void refusesWhileTheFirstWaitsForTooLong() throws Exception {
        try (var _ = new Stuck(1)) {
            now.set(Admission.LONGEST_NANOS - 1);
            assertThatCode(admission::admit).doesNotThrowAnyException();
            now.set(Admission.LONGEST_NANOS);
            assertThatThrownBy(admission::admit)
                    .isInstanceOf(Refusal.class)
                    .hasMessageContaining("the first of them for 2.0 s");
        }
        assertThatCode(admission::admit).doesNotThrowAnyException();
    }

    @Test
    void doesNotCountWhatTheLogFailedToWrite() {
        for (int i = 0; i <= Admission.MOST_WAITING; i++) {
            assertThatThrownBy(() -> admission.writeFirst(() -> {
                        throw new IOException("no majority");
                    }))
                    .isInstanceOf(IOException.class);
        }
        assertThatCode(admission::admit).doesNotThrowAnyException();
    }
}
