package io.flocker.agent.transfer;

import io.flocker.core.wire.Json;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// Writes a transfer in [Frames]. One thread at a time. Whoever made it says how it ends: closing it says nothing.
final class FramedOutput extends OutputStream {
    private final DataOutputStream out;
    private final MessageDigest digest = Frames.digest();
    private long length;

    FramedOutput(OutputStream to, Header header) throws IOException {
        out = new DataOutputStream(to);
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
            digest.update(bytes, offset + done, part);
            length += part;
            done += part;
        }
    }

    /// That was all.
    void end() throws IOException {
        var body = ByteBuffer.allocate(Long.BYTES + Frames.HASH_BYTES);
        frame(Frames.END, body.putLong(length).put(digest.digest()).array());
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
        out.writeByte(what);
        out.writeInt(count);
        out.write(body, offset, count);
    }
}
