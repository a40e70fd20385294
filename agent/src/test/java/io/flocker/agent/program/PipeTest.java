package io.flocker.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipeTest {
    @TempDir
    private Path folder;

    @Test
    void passesOnWhatAProgramWrites() throws Exception {
        var out = new ByteArrayOutputStream();

        Pipe.of("head", "-c", "1000000", "/dev/zero").writeTo(out);

        assertThat(out.size()).isEqualTo(1_000_000);
    }

    @Test
    void feedsAProgram() throws Exception {
        Path file = folder.resolve("file");

        Pipe.of("dd", "of=" + file, "status=none").readFrom(new ByteArrayInputStream(new byte[300_000]));

        assertThat(Files.size(file)).isEqualTo(300_000);
    }

    @Test
    void saysHowAProgramFailed() {
        assertThatThrownBy(() -> Pipe.of("sh", "-c", "echo half; echo no more >&2; exit 3")
                        .writeTo(new ByteArrayOutputStream()))
                .isInstanceOf(ProgramFailed.class)
                .hasMessageContaining("ended with 3: no more");
        assertThatThrownBy(() -> Pipe.of("sh", "-c", "echo full >&2; exit 4")
                        .readFrom(new ByteArrayInputStream(new byte[1 << 20])))
                .isInstanceOf(ProgramFailed.class)
                .hasMessageContaining("ended with 4: full");
    }

    @Test
    void aProgramThatStopsReadingHasFailed() {
        assertThatThrownBy(() -> Pipe.of("true").readFrom(new ByteArrayInputStream(new byte[1 << 20])))
                .isInstanceOf(ProgramFailed.class)
                .hasMessageContaining("ended before its input did");
    }

    @Test
    void aProgramNeverSeesTheEndOfWhatBrokeOff() {
        Path mark = folder.resolve("mark");
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("broke off");
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThatThrownBy(() ->
                        Pipe.of("sh", "-c", "cat >/dev/null; touch " + mark).readFrom(broken))
                .hasMessage("broke off");
        Awaitility.await()
                .during(Duration.ofMillis(300))
                .untilAsserted(() -> assertThat(mark).doesNotExist());
    }

    @Test
    void endsWithItsCaller() throws Exception {
        var outcome = new AtomicReference<Throwable>();
        String sign = "1234567." + ProcessHandle.current().pid();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                Pipe.of("sleep", sign).writeTo(new ByteArrayOutputStream());
            } catch (IOException | InterruptedException e) {
                outcome.set(e);
            }
        });
        Awaitility.await().until(() -> running(sign));

        caller.interrupt();
        caller.join();

        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertThat(running(sign)).isFalse();
    }

    private static boolean running(String sign) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .anyMatch(line -> line.contains("sleep " + sign));
    }
}
