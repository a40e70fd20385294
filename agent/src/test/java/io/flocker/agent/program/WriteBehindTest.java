package io.flocker.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
    private static final int EVERY = 1_000;

    private final AtomicInteger flushes = new AtomicInteger();

    @Test
    void writesWhatCameWhileMoreComes() throws Exception {
        byte[] content = content();
        var stream = new WriteBehind(new ByteArrayInputStream(content), flushes::incrementAndGet, EVERY);
        assertThat(stream.readNBytes(EVERY - 1)).hasSize(EVERY - 1);
        assertThat(flushes).hasValue(0);
        assertThat(stream.read()).isEqualTo(content[EVERY - 1] & 0xff);
        await().untilAsserted(() -> assertThat(flushes).hasValue(1));
    }

    @Test
    void neverWaitsForTheDisk() throws Exception {
        var disk = new Semaphore(0);
        var stream = new WriteBehind(
                new ByteArrayInputStream(content()),
                () -> {
                    flushes.incrementAndGet();
                    disk.acquireUninterruptibly();
                },
                EVERY);
        assertThat(stream.readAllBytes()).isEqualTo(content());
        await().untilAsserted(() -> assertThat(flushes).hasValue(1));
        disk.release();
    }

    @Test
    void passesEverythingOnWhenTheDiskFails() throws Exception {
        var stream = new WriteBehind(
                new ByteArrayInputStream(content()),
                () -> {
                    throw new IOException("the disk is gone");
                },
                EVERY);
        assertThat(stream.readAllBytes()).isEqualTo(content());
    }

    private static byte[] content() {
        byte[] content = new byte[20 * EVERY];
        new Random(1).nextBytes(content);
        return content;
    }
}
