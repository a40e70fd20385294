package io.flocker.cli.command.job;

import io.flocker.cli.shell.Shell;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Prints what a run prints, output to output and errors to errors. Read again from the beginning, after a connection
/// broke, it goes on where it was.
final class RunLog {
    private static final int HEADER_BYTES = 8;
    private static final int LENGTH_AT = 4;
    private static final int STANDARD_ERROR = 2;
    private static final int CHUNK = 16 * 1024;

    private final Shell shell;
    private long printed;

    RunLog(Shell shell) {
        this.shell = shell;
    }

    /// Copies the frames of `in`, which begins with the first one, until it ends.
    ///
    /// @throws EOFException if it ends within a frame
    void print(InputStream in) throws IOException {
        long at = 0;
        byte[] chunk = new byte[CHUNK];
        for (byte[] header = in.readNBytes(HEADER_BYTES); header.length > 0; header = in.readNBytes(HEADER_BYTES)) {
            if (header.length < HEADER_BYTES) {
                throw new EOFException("The log broke off within a frame");
            }
            OutputStream to = header[0] == STANDARD_ERROR ? shell.err() : shell.out();
            long rest = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(LENGTH_AT));
            while (rest > 0) {
                int read = in.read(chunk, 0, (int) Math.min(rest, chunk.length));
                if (read < 0) {
                    throw new EOFException("The log broke off within a frame");
                }
                int known = Math.clamp(printed - at, 0, read);
                to.write(chunk, known, read - known);
                at += read;
                rest -= read;
                printed = Math.max(printed, at);
            }
            to.flush();
        }
    }
}
