package io.flocker.cli.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.cli.shell.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What Ctrl-C does while an operation is followed.
class InterruptionTest {
    private final List<String> paused = new ArrayList<>();
    private final List<String> undone = new ArrayList<>();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Shell shell(String input, boolean terminal) {
        var streams = new Shell.Streams(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal);
        return new Shell(Map.of(), Path.of(""), streams, InstantSource.fixed(Instant.EPOCH));
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "l\n", "what?\n"})
    void leavesItRunningUnlessTheUserSaysOtherwise(String answer) {
        new Interruption(paused::add, undone::add, shell(answer, true), "o1").settle();
        assertThat(paused).isEmpty();
        assertThat(undone).isEmpty();
        assertThat(said())
                .contains("Leave operation o1 running, pause or undo it? [L/p/u] ")
                .contains("Operation o1 goes on", "flocker op show -f o1", "flocker op cancel o1");
    }

    @Test
    void pausesIt() {
        new Interruption(paused::add, undone::add, shell("p\n", true), "o1").settle();
        assertThat(paused).containsExactly("o1");
        assertThat(undone).isEmpty();
        assertThat(said()).contains("Operation o1 is paused; have it go on with: flocker op resume o1");
    }

    @Test
    void undoesIt() {
        new Interruption(paused::add, undone::add, shell("U\n", true), "o1").settle();
        assertThat(undone).containsExactly("o1");
        assertThat(said()).contains("Operation o1 is undone; follow that with: flocker op show -f o1");
    }

    @Test
    void asksNobodyWhereNobodyIs() {
        new Interruption(paused::add, undone::add, shell("u\n", false), "o1").settle();
        assertThat(paused).isEmpty();
        assertThat(undone).isEmpty();
        assertThat(said()).doesNotContain("[L/p/u]").contains("Operation o1 goes on");
    }

    @Test
    void saysWhyItCouldNotBeUndone() {
        Interruption.Request refused = _ -> {
            throw new IOException("it has ended already");
        };
        new Interruption(paused::add, refused, shell("u\n", true), "o1").settle();
        assertThat(said()).contains("could not be undone: it has ended already");
    }
}
