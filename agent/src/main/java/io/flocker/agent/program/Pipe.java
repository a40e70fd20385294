package io.flocker.agent.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// A command line whose output or input is a stream of any length. It ends with its caller: one that is interrupted,
/// and a stream that breaks off, kill the program at once. Has no limit on its time.
///
/// @param command the program, found on the path, and its arguments
public record Pipe(List<String> command) {
    private static final int CHUNK_BYTES = 128 << 10;
    /// How long a program that was killed may take to be gone.
    private static final long KILL_SECONDS = 10;

    public static Pipe of(String... command) {
        return new Pipe(List.of(command));
    }

    /// Runs it and passes on what it writes to its output.
    ///
    /// @throws ProgramFailed if it does not start, or ends with anything but 0
    public void writeTo(OutputStream out) throws IOException, InterruptedException {
        readBy(output -> copy(output, out));
    }

    /// Runs it and lets `reading` read its output.
    ///
    /// @throws ProgramFailed if it does not start, or ends with anything but 0
    public void readBy(Reading reading) throws IOException, InterruptedException {
        run(process -> {
            process.getOutputStream().close();
            reading.read(process.getInputStream());
        });
    }

    /// Reads what is written to its end.
    @FunctionalInterface
    public interface Reading {
        void read(InputStream output) throws IOException;
    }

    /// Runs it with `in` as its input, to the end of `in`.
    ///
    /// @throws ProgramFailed if it does not start, or ends with anything but 0
    public void readFrom(InputStream in) throws IOException, InterruptedException {
        run(process -> feed(process, in));
    }

    private static void feed(Process process, InputStream in) throws IOException {
        // Closed only after the end of `in` was seen: the program must not take what broke off for a whole.
        OutputStream out = process.getOutputStream();
        copy(in, new Stdin(out));
        try {
            out.close();
        } catch (IOException e) {
            throw new Unread(e);
        }
    }

    /// Copies a stream to its end, in chunks of 128 KiB.
    public static void copy(InputStream in, OutputStream out) throws IOException {
        var chunk = new byte[CHUNK_BYTES];
        // Whole chunks: whoever reads at the other end is woken as seldom.
        for (int read = in.readNBytes(chunk, 0, CHUNK_BYTES); read > 0; read = in.readNBytes(chunk, 0, CHUNK_BYTES)) {
            out.write(chunk, 0, read);
        }
    }

    private void run(Copying copying) throws IOException, InterruptedException {
        Process process = Program.start(command);
        var errors = new Program.Reader(process.getErrorStream(), Program.ERROR_OUTPUT_BYTES);
        Thread.startVirtualThread(errors);
        var task = new FutureTask<>(() -> {
            copying.copy(process);
            return true;
        });
        // The stream and the program may both block for ever: the caller itself can always be interrupted.
        Thread copier = Thread.startVirtualThread(task);
        try {
            boolean whole = copied(task);
            int exitCode = process.waitFor();
            if (exitCode != 0 || !whole) {
                String how = whole || exitCode != 0 ? "ended with " + exitCode : "ended before its input did";
                throw new ProgramFailed(command, exitCode, errors.text(), how);
            }
        } finally {
            copier.interrupt();
            if (process.isAlive()) {
                Program.stop(process);
                process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean copied(FutureTask<Boolean> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Unread) {
                // It ended without reading all: its exit code says more.
                return false;
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }

    /// Between a running program and a stream.
    @FunctionalInterface
    private interface Copying {
        void copy(Process process) throws IOException;
    }

    /// The program stopped reading.
    private static final class Unread extends IOException {
        private static final long serialVersionUID = 1;

        Unread(IOException cause) {
            super(cause);
        }
    }

    /// Tells a program that stopped reading from a stream that broke off.
    private static final class Stdin extends OutputStream {
        private final OutputStream to;

        Stdin(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                to.write(bytes, offset, length);
            } catch (IOException e) {
                throw new Unread(e);
            }
        }
    }
}
