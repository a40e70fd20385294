package io.flocker.agent.program;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A command line to run and wait for, with a limit on its time and on what it may write.
///
/// @param command the program, found on the path, and its arguments
/// @param input what it reads; empty for nothing
/// @param limit after which it is killed
public record Program(List<String> command, String input, Duration limit) {
    /// The most a program may write to its output before it counts as failed.
    public static final int OUTPUT_BYTES = 16 << 20;

    /// How much of its error output is kept.
    public static final int ERROR_OUTPUT_BYTES = 64 << 10;

    private static final Duration USUAL_LIMIT = Duration.ofSeconds(60);
    /// How long output may take to arrive after the program ended: a daemon it left behind may hold the pipe open.
    private static final long LATE_OUTPUT_MILLIS = 500;

    public static Program of(String... command) {
        return new Program(List.of(command), "", USUAL_LIMIT);
    }

    public Program within(Duration newLimit) {
        return new Program(command, input, newLimit);
    }

    public Program reading(String newInput) {
        return new Program(command, newInput, limit);
    }

    /// Runs it and returns what it wrote to its output.
    ///
    /// @throws ProgramFailed if it does not start, ends with anything but 0, takes or writes too much
    public String run() throws IOException {
        var ended = end();
        if (ended.exitCode() != 0) {
            throw new ProgramFailed(command, ended.exitCode(), ended.errors(), "ended with " + ended.exitCode());
        }
        return ended.output();
    }

    /// Runs it, whatever it ends with.
    ///
    /// @throws ProgramFailed if it does not start, takes or writes too much
    public Ended end() throws IOException {
        Process process = start();
        var output = new Reader(process.getInputStream(), OUTPUT_BYTES);
        var errors = new Reader(process.getErrorStream(), ERROR_OUTPUT_BYTES);
        Thread.startVirtualThread(output);
        Thread.startVirtualThread(errors);
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading: its exit code says more.
        }
        boolean inTime = waitFor(process);
        String wrong = errors.text();
        if (!inTime) {
            throw new ProgramFailed(command, -1, wrong, "was stopped after " + limit.toMillis() + " ms");
        }
        String text = output.text();
        if (output.tooMuch) {
            throw new ProgramFailed(command, process.exitValue(), wrong, "wrote more than " + OUTPUT_BYTES + " bytes");
        }
        return new Ended(process.exitValue(), text, wrong);
    }

    private Process start() throws ProgramFailed {
        return start(command);
    }

    static Process start(List<String> command) throws ProgramFailed {
        var builder = new ProcessBuilder(command);
        // Messages are matched and shown: the same language on every machine.
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException e) {
            var failed =
                    new ProgramFailed(command, -1, "", "could not be started; is " + command.get(0) + " installed?");
            failed.initCause(e);
            throw failed;
        }
    }

    private boolean waitFor(Process process) throws IOException {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            stop(process);
            return false;
        } catch (InterruptedException e) {
            stop(process);
            Thread.currentThread().interrupt();
            throw new ProgramFailed(command, -1, "", "was stopped because its caller was");
        }
    }

    /// Only for one that still runs: this closes its output, read or not.
    static void stop(Process process) {
        // From the top: a shell whose command is killed first would go on with the next one.
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroyForcibly();
        descendants.forEach(ProcessHandle::destroyForcibly);
    }

    /// How a program ended.
    public record Ended(int exitCode, String output, String errors) {}

    /// Keeps the first `most` bytes of a stream and drops the rest, so that the writer never blocks.
    static final class Reader implements Runnable {
        private final InputStream from;
        private final int most;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final CompletableFuture<Boolean> done = new CompletableFuture<>();
        private volatile boolean tooMuch;

        Reader(InputStream from, int most) {
            this.from = from;
            this.most = most;
        }

        @Override
        public void run() {
            var buffer = new byte[8192];
            try (from) {
                for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
                    int fits = Math.min(read, most - kept.size());
                    tooMuch |= fits < read;
                    kept.write(buffer, 0, fits);
                }
            } catch (IOException e) {
                // Closed under us when the program was stopped: what came until then counts.
            } finally {
                done.complete(true);
            }
        }

        String text() {
            try {
                done.get(LATE_OUTPUT_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
                // What came so far counts.
            }
            return kept.toString(StandardCharsets.UTF_8);
        }
    }
}
