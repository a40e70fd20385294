package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;

/// Cuts a stream into chunks, encrypts each and puts it into a store. Closing it finishes
/// nothing: [#finish] does.
final class ChunkOutput extends OutputStream {
    private final Store store;
    private final Seal seal;
    private final String volume;
    private final String backup;
    private final Meter meter;
    private final byte[] chunk = new byte[Manifest.CHUNK_BYTES];
    private final MessageDigest digest = Seal.digest();
    private final ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    private int filled;
    private int number;
    private long length;

    ChunkOutput(Store store, Seal seal, String volume, String backup, Meter meter) {
        this.store = store;
        this.seal = seal;
        this.volume = volume;
        this.backup = backup;
        this.meter = meter;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int size) throws IOException {
        for (int done = 0; done < size; ) {
            int part = Math.min(size - done, chunk.length - filled);
            System.arraycopy(bytes, offset + done, chunk, filled, part);
            filled += part;
            done += part;
            if (filled == chunk.length) {
                put();
            }
        }
    }

    private void put() throws IOException {
        if (number == Manifest.MOST_CHUNKS) {
            throw new IOException("It is longer than a backup can be, which is "
                    + (((long) Manifest.MOST_CHUNKS * Manifest.CHUNK_BYTES) >> 30) + " GiB");
        }
        digest.update(chunk, 0, filled);
        byte[] sealed = seal.close(number, chunk, filled);
        meter.pass(sealed.length);
        store.put(Catalogue.chunk(volume, backup, number), sealed);
        meter.done(sealed.length);
        hashes.writeBytes(Seal.sha256(sealed));
        length += filled;
        number++;
        filled = 0;
    }

    /// Writes what is left.
    void finish() throws IOException {
        if (filled > 0) {
            put();
        }
    }

    long length() {
        return length;
    }

    String streamSha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    String hashes() {
        return Base64.getEncoder().encodeToString(hashes.toByteArray());
    }
}
