package io.flocker.cli;

import io.flocker.cli.shell.Shell;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Runs `flocker` in this process, at noon of a certain day, and keeps what it printed.
final class Terminal {
    static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final Path root;
    private final Map<String, String> variables = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private String input = "";
    private boolean interactive;

    /// @param root also the folder the user is in
    Terminal(Path root) {
        this.root = root;
        variables.put("FLOCKER_ROOT", root.toString());
    }

    Terminal variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    Terminal input(String text) {
        input = text;
        return this;
    }

    Terminal interactive() {
        interactive = true;
        return this;
    }

    /// The exit code.
    int run(String... arguments) {
        out.reset();
        err.reset();
        var streams = new Shell.Streams(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                interactive);
        var shell = new Shell(variables, root, streams, InstantSource.fixed(NOW));
        int exitCode = Flocker.commandLine(shell, arguments).execute(arguments);
        shell.flush();
        return exitCode;
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
