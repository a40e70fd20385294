package io.flocker.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KernelPipeTest {
    private static final int BYTES = 1_000_000;

    private final AtomicReference<String> written = new AtomicReference<>("");

    /// Writes until it has written `bytes`, or nobody reads any more.
    private void write(int descriptor, long bytes) throws IOException {
        try (OutputStream out = new FileOutputStream("/proc/self/fd/" + descriptor)) {
            for (long left = bytes; left > 0; left -= 1_000) {
                out.write(new byte[1_000]);
            }
            written.set("all");
        } catch (IOException e) {
            written.set(e.getMessage());
            throw e;
        }
    }

    @Test
    void readsWhatIsWrittenToItsEnd() throws Exception {
        var read = new AtomicLong();

        KernelPipe.run(descriptor -> write(descriptor, BYTES), in -> {
            read.addAndGet(in.read() + 1L);
            read.addAndGet(in.readAllBytes().length);
        });

        assertThat(read).hasValue(BYTES);
    }

    @Test
    void aReaderThatFailsEndsTheWriting() {
        assertThatThrownBy(() -> KernelPipe.run(descriptor -> write(descriptor, Long.MAX_VALUE), in -> {
                    in.readNBytes(1_000);
                    throw new IOException("enough");
                }))
                .hasMessage("enough");
        assertThat(written.get()).contains("Broken pipe");
    }

    @Test
    void tellsWhyWritingFailed() {
        assertThatThrownBy(() -> KernelPipe.run(
                        descriptor -> {
                            write(descriptor, 1_000);
                            throw new IOException("no more");
                        },
                        in -> in.readAllBytes()))
                .hasMessage("no more");
    }

    @Test
    void aCallerThatIsInterruptedEndsBoth() throws Exception {
        var reading = new CountDownLatch(1);
        var gone = new CountDownLatch(1);
        var ended = new AtomicReference<Throwable>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                KernelPipe.run(
                        descriptor -> {
                            write(descriptor, 1_000);
                            // Nothing more as long as the reader is there: it blocks.
                            await(gone);
                            write(descriptor, 1_000);
                        },
                        in -> {
                            in.readNBytes(1_000);
                            reading.countDown();
                            try {
                                in.readAllBytes();
                            } finally {
                                gone.countDown();
                            }
                        });
            } catch (IOException | InterruptedException e) {
                ended.set(e);
            }
        });
        assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

        caller.interrupt();

        assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        assertThat(written.get()).contains("Broken pipe");
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
