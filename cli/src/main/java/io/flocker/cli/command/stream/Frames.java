package io.flocker.cli.command.stream;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Takes apart the engine's stream of a command without a terminal: frames of standard output and standard error, each
/// with a header of eight bytes (which of the two, three zeros, its length).
final class Frames {
    private static final int HEADER_BYTES = 8;
    private static final int LENGTH_AT = 4;
    private static final int STANDARD_ERROR = 2;
    private static final int CHUNK = 16 * 1024;

    private Frames() {}

    /// Copies until `in` ends.
    ///
    /// @throws EOFException if it ends within a frame
    static void copy(InputStream in, OutputStream out, OutputStream err) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (byte[] header = in.readNBytes(HEADER_BYTES); header.length > 0; header = in.readNBytes(HEADER_BYTES)) {
            if (header.length < HEADER_BYTES) {
                throw new EOFException("The command's output broke off within a frame");
            }
            OutputStream to = header[0] == STANDARD_ERROR ? err : out;
            long rest = Integer.toUnsignedLong(ByteBuffer.wrap(header).getInt(LENGTH_AT));
            while (rest > 0) {
                int read = in.read(chunk, 0, (int) Math.min(rest, chunk.length));
                if (read < 0) {
                    throw new EOFException("The command's output broke off within a frame");
                }
                to.write(chunk, 0, read);
                rest -= read;
            }
            to.flush();
        }
    }
}
