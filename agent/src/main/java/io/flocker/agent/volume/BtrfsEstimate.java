package io.flocker.agent.volume;

import io.flocker.agent.program.Pipe;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Reads a stream without data, which names the extents whose content would be sent.
final class BtrfsEstimate implements Pipe.Reading, BtrfsTransfer.Stream.Reader {
    private static final long LIMIT_SECONDS = 5;
    private static final int UPDATE_EXTENT = 22;
    private static final int SIZE = 4;

    private long bytes;

    private BtrfsEstimate() {}

    /// The bytes that a stream of `snapshot` with data would have, about; 0 if that took more than some seconds.
    static long of(Subvolume snapshot, Optional<Subvolume> base) throws IOException {
        var estimate = new BtrfsEstimate();
        var task = new FutureTask<>(() -> {
            snapshot.send(base, Subvolume.Sent.NO_DATA, estimate);
            return estimate.bytes;
        });
        Thread reader = Thread.startVirtualThread(task);
        try {
            return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Stopped while looking how much there is to send", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            reader.interrupt();
        }
    }

    @Override
    public void read(InputStream output) throws IOException {
        BtrfsTransfer.Stream.read(output, this);
    }

    @Override
    public void attribute(int command, int type, int size, DataInputStream in) throws IOException {
        if (command == UPDATE_EXTENT && type == SIZE && size == Long.BYTES) {
            bytes += Long.reverseBytes(in.readLong());
        } else {
            in.skipNBytes(size);
        }
    }

    @Override
    public void end(int command, int length) {
        bytes += BtrfsTransfer.Stream.COMMAND_HEAD_BYTES + length;
    }
}
