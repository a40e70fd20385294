package io.flocker.agent.transfer;

import io.flocker.core.wire.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/// Writes a transfer in [Frames]. One thread at a time. Whoever made it says how it ends: closing it says nothing.
final class FramedOutput extends OutputStream {
    private final OutputStream out;
    private final CRC32C checksum = new CRC32C();
    /// A frame, put together to be written at once: each write is a chunk and a TLS record of its own.
    private final ByteBuffer whole = ByteBuffer.allocate(Frames.HEAD_BYTES + Frames.MOST_BYTES);

    private long length;

    FramedOutput(OutputStream to, Header header) throws IOException {
        out = to;
        frame(Frames.HEADER, Json.bytes(header));
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        for (int done = 0; done < count; ) {
            int part = Math.min(count - done, Frames.MOST_BYTES);
            frame(Frames.CONTENT, bytes, offset + done, part);
            checksum.update(bytes, offset + done, part);
            length += part;
            done += part;
        }
    }

    /// That was all.
    void end() throws IOException {
        var body = ByteBuffer.allocate(Frames.END_BYTES);
        frame(Frames.END, body.putLong(length).putLong(checksum.getValue()).array());
        out.flush();
    }

    /// It breaks off.
    void fail(String why) throws IOException {
        byte[] words = why.getBytes(StandardCharsets.UTF_8);
        frame(Frames.FAILED, Arrays.copyOf(words, Math.min(words.length, Frames.MOST_BYTES)));
        out.flush();
    }

    private void frame(int what, byte[] body) throws IOException {
        frame(what, body, 0, body.length);
    }

    private void frame(int what, byte[] body, int offset, int count) throws IOException {
        whole.clear().put((byte) what).putInt(count).put(body, offset, count);
        out.write(whole.array(), 0, whole.position());
    }
}
