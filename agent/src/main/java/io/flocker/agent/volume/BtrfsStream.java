package io.flocker.agent.volume;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A stream of `btrfs send`, command by command, each with its attributes: see `fs/btrfs/send.h` of Linux. All its
/// numbers
/// are little-endian.
final class BtrfsStream {
    static final int COMMAND_HEAD_BYTES = 10;

    /// `btrfs-stream`, a zero byte, the version.
    private static final int HEAD_BYTES = 17;

    private static final int ATTRIBUTE_HEAD_BYTES = 4;
    private static final int MOST_COMMAND_BYTES = 1 << 20;

    private BtrfsStream() {}

    /// What is done with what a stream says.
    interface Reader {
        /// An attribute of the command that is being read; takes exactly `size` bytes.
        void attribute(int command, int type, int size, DataInputStream in) throws IOException;

        /// A command's attributes are read; they took `length` bytes.
        void end(int command, int length) throws IOException;
    }

    /// Reads a stream to its end.
    ///
    /// @throws IOException if it is damaged, or by `reader`
    static void read(InputStream stream, Reader reader) throws IOException {
        var in = new DataInputStream(new BufferedInputStream(stream));
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
            int command = unsignedShort(in);
            in.skipNBytes(Integer.BYTES);
            for (int left = length; left > 0; ) {
                int type = unsignedShort(in);
                int size = unsignedShort(in);
                reader.attribute(command, type, size, in);
                left -= ATTRIBUTE_HEAD_BYTES + size;
            }
            reader.end(command, length);
        }
    }

    private static int unsignedShort(DataInputStream in) throws IOException {
        return Short.toUnsignedInt(Short.reverseBytes(in.readShort()));
    }
}
