package io.flocker.agent.backup;

import io.flocker.client.api.Backups;
import io.flocker.core.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What is in a backup. Written last: a backup without one does not exist. In the destination it
/// is a line of JSON that anybody can read, a [Cover], and after that all of this, encrypted.
///
/// @param id of the backup
/// @param volume the volume's id, which no other volume ever has
/// @param name `ENVIRONMENT/VOLUME`, as it was called
/// @param base the backup of the same volume that it builds upon; empty for a full one
/// @param basePosition of the snapshot in that; empty for a full one
/// @param position of the snapshot that it has
/// @param kind of the stream
/// @param takenAtMillis when the snapshot was taken
/// @param streamBytes how long the stream is
/// @param streamSha256 its checksum
/// @param hashes the SHA-256 of every chunk as it is stored, one after another
record Manifest(
        String id,
        String volume,
        String name,
        String base,
        String basePosition,
        String position,
        String kind,
        long takenAtMillis,
        long streamBytes,
        String streamSha256,
        String hashes) {
    /// How much of a stream is in a chunk; the last has what is left.
    static final int CHUNK_BYTES = 8 << 20;

    /// So many at most: their hashes must fit into one string.
    static final int MOST_CHUNKS = 350_000;

    static final int HASH_BYTES = 32;
    static final int MOST_BYTES = 24 << 20;
    private static final int FORMAT = 1;
    private static final int MOST_COVER_BYTES = 1024;

    /// What is read before anything can be decrypted.
    ///
    /// @param format of all that follows
    /// @param key the [Seal#fingerprint] of the key
    /// @param saltBase64 as in [Seal#of]
    record Cover(int format, String key, String saltBase64) {}

    int chunks() {
        return (int) ((streamBytes + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    /// How many bytes chunk `number` has in the destination.
    int storedBytes(int number) {
        long begin = (long) number * CHUNK_BYTES;
        return (int) Math.min(CHUNK_BYTES, streamBytes - begin) + Seal.TAG_BYTES;
    }

    long storedBytes() {
        return streamBytes + (long) chunks() * Seal.TAG_BYTES;
    }

    byte[] hash(byte[] allHashes, int number) {
        return Arrays.copyOfRange(allHashes, number * HASH_BYTES, (number + 1) * HASH_BYTES);
    }

    byte[] allHashes() {
        return Base64.getDecoder().decode(hashes);
    }

    boolean full() {
        return base.isEmpty();
    }

    /// @param builtUpon how many others it needs
    Backups.Backup told(int builtUpon) {
        return new Backups.Backup(id, name, base, kind, position, takenAtMillis, storedBytes(), builtUpon);
    }

    /// As it is stored.
    ///
    /// @param salt of its backup
    byte[] sealed(byte[] userKey, byte[] salt) {
        byte[] cover = Json.bytes(
                new Cover(FORMAT, Seal.fingerprint(userKey), Base64.getEncoder().encodeToString(salt)));
        byte[] plain = Json.bytes(this);
        byte[] sealed = Seal.of(userKey, salt, id).close(Seal.MANIFEST, plain, plain.length);
        var all = new ByteArrayOutputStream();
        all.writeBytes(cover);
        all.write('\n');
        all.writeBytes(sealed);
        return all.toByteArray();
    }

    /// A manifest, and what decrypts its chunks.
    record Opened(Manifest manifest, Seal seal) {}

    /// Reads what [#sealed] wrote.
    ///
    /// @param volume whose manifest it must be
    /// @param id whose manifest it must be
    /// @throws WrongKey if it was encrypted with another key
    /// @throws Unreadable if it is damaged, or of another format
    static Opened open(byte[] stored, byte[] userKey, String volume, String id) throws Unreadable {
        int end = 0;
        while (end < Math.min(stored.length, MOST_COVER_BYTES) && stored[end] != '\n') {
            end++;
        }
        Cover cover;
        byte[] salt;
        try {
            cover = Json.readForeign(Arrays.copyOf(stored, end), Cover.class);
            salt = Base64.getDecoder().decode(cover.saltBase64());
        } catch (Json.MalformedJson | IllegalArgumentException e) {
            throw new Unreadable("The manifest of backup " + id + " is damaged: it does not begin as one does", e);
        }
        if (cover.format() != FORMAT) {
            throw new Unreadable(
                    "Backup " + id + " is of format " + cover.format() + ", which this Flocker does not know; use the"
                            + " one that made it, or a newer one",
                    null);
        }
        String own = Seal.fingerprint(userKey);
        if (!cover.key().equals(own)) {
            throw new WrongKey("Backup " + id + " was encrypted with another key (" + cover.key() + ", not " + own
                    + "); give the file that it was made with");
        }
        Seal seal = Seal.of(userKey, salt, id);
        Manifest manifest;
        try {
            byte[] sealed = Arrays.copyOfRange(stored, Math.min(end + 1, stored.length), stored.length);
            manifest = Json.read(seal.open(Seal.MANIFEST, sealed), Manifest.class);
        } catch (IOException e) {
            throw new Unreadable("The manifest of backup " + id + " is damaged: " + e.getMessage(), e);
        }
        boolean fits = manifest.id.equals(id)
                && manifest.volume.equals(volume)
                && manifest.allHashes().length == manifest.chunks() * HASH_BYTES;
        if (!fits) {
            throw new Unreadable(
                    "The manifest of backup " + id + " is not in its place: it is that of backup " + manifest.id
                            + " of volume " + manifest.volume,
                    null);
        }
        return new Opened(manifest, seal);
    }

    /// Of no use.
    static sealed class Unreadable extends IOException {
        private static final long serialVersionUID = 1;

        Unreadable(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /// It could be read, but not with this key.
    static final class WrongKey extends Unreadable {
        private static final long serialVersionUID = 1;

        WrongKey(String message) {
            super(message, null);
        }
    }
}
