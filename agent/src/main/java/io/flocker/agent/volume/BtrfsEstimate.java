package io.flocker.agent.volume;

import io.flocker.agent.program.Pipe;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Reads a stream of `btrfs send --no-data`, which names the extents whose content would be sent: see `fs/btrfs/send.h`
/// of Linux. All its numbers are little-endian.
final class BtrfsEstimate implements Pipe.Reading {
    private static final long LIMIT_SECONDS = 5;
    /// `btrfs-stream`, a zero byte, the version.
    private static final int HEAD_BYTES = 17;

    private static final int COMMAND_HEAD_BYTES = 10;
    private static final int ATTRIBUTE_HEAD_BYTES = 4;
    private static final int UPDATE_EXTENT = 22;
    private static final int SIZE = 4;
    private static final int MOST_COMMAND_BYTES = 1 << 20;

    private long bytes;

    private BtrfsEstimate() {}

    /// The bytes that `command` without `--no-data` would write, about; 0 if it did not end within some seconds.
    static long of(List<String> command) throws IOException {
        var estimate = new BtrfsEstimate();
        var task = new FutureTask<>(() -> {
            new Pipe(command).readBy(estimate);
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
        var in = new DataInputStream(new BufferedInputStream(output));
        in.skipNBytes(HEAD_BYTES);
        while (true) {
            int length;
            try {
                length = Integer.reverseBytes(in.readInt());
            } catch (EOFException e) {
                return;
            }
            if (length < 0 || length > MOST_COMMAND_BYTES) {
                throw new IOException("btrfs send wrote a command of " + length + " bytes");
            }
            int command = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
            in.skipNBytes(Integer.BYTES);
            bytes += COMMAND_HEAD_BYTES + length;
            attributes(in, command, length);
        }
    }

    private void attributes(DataInputStream in, int command, int length) throws IOException {
        for (int left = length; left > 0; ) {
            int type = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
            int size = Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
            if (command == UPDATE_EXTENT && type == SIZE && size == Long.BYTES) {
                bytes += Long.reverseBytes(in.readLong());
            } else {
                in.skipNBytes(size);
            }
            left -= ATTRIBUTE_HEAD_BYTES + size;
        }
    }
}
