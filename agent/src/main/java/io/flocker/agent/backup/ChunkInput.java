package io.flocker.agent.backup;

import io.flocker.agent.backup.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/// Reads a backup's stream. Nothing is passed on that was not checked: a chunk's checksum, that
/// it can be decrypted, and at the end the checksum of the whole.
final class ChunkInput extends InputStream {
    private final Store store;
    private final Manifest manifest;
    private final Seal seal;
    private final Meter meter;
    private final byte[] hashes;
    private final MessageDigest digest = Seal.digest();
    private byte[] chunk = new byte[0];
    private int read;
    private int next;
    private boolean ended;

    ChunkInput(Store store, Manifest.Opened backup, Meter meter) {
        this.store = store;
        manifest = backup.manifest();
        seal = backup.seal();
        this.meter = meter;
        hashes = manifest.allHashes();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] bytes, int offset, int size) throws IOException {
        if (size == 0) {
            return 0;
        }
        if (read == chunk.length && !fetch()) {
            return -1;
        }
        int part = Math.min(size, chunk.length - read);
        System.arraycopy(chunk, read, bytes, offset, part);
        read += part;
        return part;
    }

    private boolean fetch() throws IOException {
        if (next == manifest.chunks()) {
            if (!ended) {
                ended = true;
                String whole = HexFormat.of().formatHex(digest.digest());
                if (!whole.equals(manifest.streamSha256())) {
                    throw new IOException("Backup " + manifest.id() + " is damaged: all of its chunks are there, but"
                            + " together they are not what was backed up");
                }
            }
            return false;
        }
        chunk = fetch(next);
        digest.update(chunk);
        read = 0;
        next++;
        return true;
    }

    private byte[] fetch(int number) throws IOException {
        int size = manifest.storedBytes(number);
        meter.pass(size);
        byte[] stored;
        try {
            stored = store.get(Catalogue.chunk(manifest.volume(), manifest.id(), number), size);
        } catch (Store.Missing e) {
            throw new IOException("Backup " + manifest.id() + " is damaged: " + e.getMessage(), e);
        }
        if (!Seal.same(Seal.sha256(stored), manifest.hash(hashes, number))) {
            throw new IOException("Backup " + manifest.id() + " is damaged: "
                    + Catalogue.chunk(manifest.volume(), manifest.id(), number) + " in " + store.name()
                    + " has another checksum than it was written with");
        }
        byte[] plain = seal.open(number, stored);
        meter.done(size);
        return plain;
    }
}
