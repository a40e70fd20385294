package io.flocker.cli.shell;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/// Where a command was called from: nothing else is taken from the process.
///
/// @param variables the environment variables
/// @param folder where the user is
public record Shell(Map<String, String> variables, Path folder, Streams streams, InstantSource clock) {
    private static final int BUFFER_BYTES = 8 * 1024;

    /// The standard streams.
    ///
    /// @param terminal whether a person is at both ends
    public record Streams(InputStream in, PrintStream out, PrintStream err, boolean terminal) {}

    /// The process's own. What goes to `out` is buffered: [#flush] it.
    public static Shell ofProcess() {
        var out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        return new Shell(
                System.getenv(), Path.of(""), new Streams(System.in, out, err, atTerminal()), InstantSource.system());
    }

    /// The JDK's own console is absent without a terminal; JLine's, if that is in use, is always there.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean atTerminal() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    public PrintStream out() {
        return streams.out();
    }

    public PrintStream err() {
        return streams.err();
    }

    public void flush() {
        streams.out().flush();
        streams.err().flush();
    }

    /// The variable's value; empty if it is not set.
    public String variable(String name) {
        return variables.getOrDefault(name, "");
    }

    /// Whether a line that was printed can be printed anew.
    public boolean redraws() {
        return streams.terminal() && !variable("TERM").equals("dumb");
    }

    /// Whether to use colours: on a terminal, unless `NO_COLOR` is set.
    public boolean colours() {
        return redraws() && variable("NO_COLOR").isEmpty();
    }

    public long nowMillis() {
        return clock.millis();
    }
}
