package io.flocker.agent.kernel;

import io.flocker.agent.program.Pipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A stream of any length that one call to the kernel writes. Both ends block, so each has a thread of the system
/// for itself. It ends with its caller: one that is interrupted, and a reader that fails, close the pipe, and the
/// call fails at its next write. Has no limit on its time.
public final class KernelPipe {
    /// The name of a thread whose call to the kernel writes.
    public static final String FILLING = "kernel-pipe-fill";

    /// How long a call whose pipe was closed may take until it ends.
    private static final long END_SECONDS = 10;

    private KernelPipe() {}

    /// A call that writes, and returns when it has written all.
    @FunctionalInterface
    public interface Filling {
        /// @param descriptor what to write to
        void fill(int descriptor) throws IOException;
    }

    /// Lets `reading` read what `filling` writes.
    ///
    /// @throws IOException if either fails
    public static void run(Filling filling, Pipe.Reading reading) throws IOException, InterruptedException {
        int[] ends = Kernel.pipe();
        var filled = new FutureTask<>(() -> {
            try {
                filling.fill(ends[1]);
            } finally {
                Kernel.close(ends[1]);
            }
            return true;
        });
        FileChannel source;
        try {
            // By a channel, as a thread that reads from one can be interrupted.
            source = FileChannel.open(Path.of("/proc/self/fd/" + ends[0]));
        } catch (IOException e) {
            Kernel.close(ends[1]);
            throw e;
        } finally {
            Kernel.close(ends[0]);
        }
        var read = new FutureTask<>(() -> {
            try (source) {
                reading.read(new Source(source));
            }
            return true;
        });
        Thread.ofPlatform().daemon().name(FILLING).start(filled);
        Thread reader = Thread.ofPlatform().daemon().name("kernel-pipe-read").start(read);
        try {
            result(read);
            result(filled);
        } finally {
            reader.interrupt();
            awaitEnd(filled);
        }
    }

    private static void result(FutureTask<Boolean> task) throws IOException, InterruptedException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }

    /// What it was about is not in use any more when the caller goes on.
    private static void awaitEnd(FutureTask<Boolean> filled) throws InterruptedException {
        try {
            filled.get(END_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The reader's failure says more; and a call that writes nothing ends by itself.
        }
    }

    /// `Channels.newInputStream` would ask for a position and a size, which a pipe does not have.
    private static final class Source extends InputStream {
        private final FileChannel channel;

        Source(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
        }
    }
}
