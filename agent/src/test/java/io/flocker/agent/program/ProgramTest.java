package io.flocker.agent.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ProgramTest {
    @Test
    void returnsWhatItWrote() throws IOException {
        assertThat(Program.of("sh", "-c", "echo one; echo two >&2").run()).isEqualTo("one\n");
    }

    @Test
    void givesItItsInput() throws IOException {
        assertThat(Program.of("cat").reading("content").run()).isEqualTo("content");
    }

    @RepeatedTest(20)
    void failsWithTheExitCodeAndWhatItComplainedAbout() {
        var failed = catchThrowableOfType(
                ProgramFailed.class,
                () -> Program.of("sh", "-c", "echo the disk is gone >&2; exit 7")
                        .run());
        assertThat(failed.exitCode()).isEqualTo(7);
        assertThat(failed.errorOutput()).isEqualTo("the disk is gone\n");
        assertThat(failed.command()).startsWith("sh", "-c");
        assertThat(failed).hasMessageContaining("ended with 7: the disk is gone");
    }

    @Test
    void endsWithAnyCodeWhenAskedTo() throws IOException {
        assertThat(Program.of("false").end().exitCode()).isEqualTo(1);
    }

    @Test
    void saysThatAProgramIsNotInstalled() {
        assertThatThrownBy(() -> Program.of("no-such-program").run())
                .isInstanceOf(ProgramFailed.class)
                .hasMessageContaining("is no-such-program installed?");
    }

    @Test
    void stopsAProgramAtItsTimeLimitAndItsChildrenToo() {
        assertThatThrownBy(() -> Program.of("sh", "-c", "sleep 60; true")
                        .within(Duration.ofMillis(100))
                        .run())
                .isInstanceOf(ProgramFailed.class)
                .hasMessageContaining("was stopped after 100 ms");
    }

    @Test
    void refusesEndlessOutput() {
        assertThatThrownBy(() -> Program.of("head", "-c", String.valueOf(Program.OUTPUT_BYTES + 1), "/dev/zero")
                        .run())
                .isInstanceOf(ProgramFailed.class)
                .hasMessageContaining("wrote more than");
    }
}
