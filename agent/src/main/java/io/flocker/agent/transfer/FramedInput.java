package io.flocker.agent.transfer;

import io.flocker.core.wire.Json;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Reads the content of a transfer in [Frames]. It ends only once all of it came and was what was sent; otherwise
/// reading fails. One thread.
final class FramedInput extends InputStream {
    private final DataInputStream in;
    private final Header header;
    private final CRC32C checksum = new CRC32C();
    private long length;
    private int left;
    private boolean ended;

    FramedInput(InputStream from) throws IOException {
        in = new DataInputStream(from);
        header = Json.read(body(Frames.HEADER), Header.class);
    }

    Header header() {
        return header;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        while (left == 0 && !ended) {
            next();
        }
        if (ended) {
            return -1;
        }
        int read = in.read(bytes, offset, Math.min(count, left));
        if (read < 0) {
            throw cut();
        }
        left -= read;
        length += read;
        checksum.update(bytes, offset, read);
        return read;
    }

    private void next() throws IOException {
        int what = what();
        switch (what) {
            case Frames.CONTENT -> left = length();
            case Frames.END -> end(body());
            case Frames.FAILED -> throw new IOException(new String(body(), StandardCharsets.UTF_8));
            default -> throw new IOException("The transfer is damaged: it has a frame of kind " + what);
        }
    }

    private void end(byte[] body) throws IOException {
        ended = true;
        var told = ByteBuffer.wrap(body);
        boolean whole =
                body.length == Frames.END_BYTES && told.getLong() == length && told.getLong() == checksum.getValue();
        if (!whole) {
            throw new IOException("The transfer is damaged: what came, " + length
                    + " bytes, does not have the checksum that the sender told");
        }
        // Read to its end, what it came by can bring the next one.
        if (in.read() >= 0) {
            throw new IOException("The transfer is damaged: it goes on after its end");
        }
    }

    private byte[] body(int expected) throws IOException {
        int what = what();
        if (what == Frames.FAILED) {
            throw new IOException(new String(body(), StandardCharsets.UTF_8));
        }
        if (what != expected) {
            throw new IOException("This is no transfer: it begins with a frame of kind " + what);
        }
        return body();
    }

    private byte[] body() throws IOException {
        try {
            var body = new byte[length()];
            in.readFully(body);
            return body;
        } catch (EOFException e) {
            throw cut();
        }
    }

    private int what() throws IOException {
        int what = in.read();
        if (what < 0) {
            throw cut();
        }
        return what;
    }

    private int length() throws IOException {
        try {
            int told = in.readInt();
            if (told < 0 || told > Frames.MOST_BYTES) {
                throw new IOException("The transfer is damaged: it has a frame of " + told + " bytes");
            }
            return told;
        } catch (EOFException e) {
            throw cut();
        }
    }

    private IOException cut() {
        return new EOFException("The transfer broke off after " + length + " bytes");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
