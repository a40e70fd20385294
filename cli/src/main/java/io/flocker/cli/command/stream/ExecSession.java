package io.flocker.cli.command.stream;

import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.FlockerClient;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// One command in an instance: its output comes in one request while its input goes out in another.
final class ExecSession {
    private static final int CHUNK = 16 * 1024;
    private static final int EXIT_TRIES = 50;
    private static final long EXIT_MILLIS = 100;
    private static final long RESIZE_MILLIS = 1_000;

    private final FlockerClient client;
    private final Shell shell;
    private final String instance;

    /// @param instance its path in the API
    ExecSession(FlockerClient client, Shell shell, String instance) {
        this.client = client;
        this.shell = shell;
        this.instance = instance;
    }

    /// What to run.
    record Prepare(List<String> command, boolean tty, boolean stdin, String user, String workingDir) {}

    /// The prepared command's id.
    record Prepared(String id) {}

    /// How the command is.
    record Exit(boolean running, int exitCode) {}

    /// Runs it to its end.
    ///
    /// @return its exit status
    int run(Prepare what) throws CommandException, IOException, InterruptedException {
        Prepared prepared = client.post(instance + "/exec", what, Prepared.class);
        String path = instance + "/exec/" + prepared.id();
        if (what.tty()) {
            try (RawTerminal terminal = RawTerminal.enter()) {
                Thread sizes = Thread.ofVirtual().start(() -> resize(path, terminal));
                attach(path, what);
                sizes.interrupt();
            }
        } else {
            attach(path, what);
        }
        return exitCode(path);
    }

    private void attach(String path, Prepare what) throws IOException, InterruptedException {
        Thread.ofVirtual().start(() -> feed(path, what.stdin()));
        try (InputStream in = client.stream("POST", path + "/output")) {
            if (what.tty()) {
                byte[] chunk = new byte[CHUNK];
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    shell.out().write(chunk, 0, read);
                    shell.out().flush();
                }
            } else {
                Frames.copy(in, shell.out(), shell.err());
            }
        }
    }

    /// Without input there is an empty one, so that a command that reads it comes to its end.
    private void feed(String path, boolean stdin) {
        InputStream body = stdin ? shell.streams().in() : InputStream.nullInputStream();
        try (InputStream answer = client.stream("POST", path + "/input", body)) {
            answer.readAllBytes();
        } catch (IOException e) {
            // The command may end before its input does; how it ended is told by its exit status.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void resize(String path, RawTerminal terminal) {
        RawTerminal.Size last = new RawTerminal.Size(0, 0);
        try {
            while (true) {
                RawTerminal.Size size = terminal.size();
                if (!size.equals(last)) {
                    client.stream("POST", path + "/size?rows=" + size.rows() + "&columns=" + size.columns())
                            .close();
                    last = size;
                }
                Thread.sleep(RESIZE_MILLIS);
            }
        } catch (IOException e) {
            // The command ended, or runs on in a terminal of the wrong size.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int exitCode(String path) throws CommandException, IOException, InterruptedException {
        for (int i = 0; i < EXIT_TRIES; i++) {
            Exit exit;
            try (InputStream in = client.stream("GET", path)) {
                exit = Json.read(in.readAllBytes(), Exit.class);
            }
            if (!exit.running()) {
                return exit.exitCode();
            }
            Thread.sleep(EXIT_MILLIS);
        }
        throw CommandException.failed("The command's output ended, but it still runs; its exit status is not known");
    }
}
