package io.flocker.cli.compose.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// A file read whole, within a limit.
public final class TextFile {
    /// The most bytes a Compose, `.env` or `env_file` file may have.
    public static final int MAX_BYTES = 1_000_000;

    private TextFile() {}

    /// The text of a UTF-8 file, without a byte order mark; empty after a complaint at `wanted`.
    public static Optional<String> read(Path file, Place wanted, Complaints complaints) {
        return bytes(file, MAX_BYTES, wanted, complaints)
                .flatMap(bytes -> decoded(bytes, file, wanted, complaints))
                .map(text -> text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    /// The bytes of a file; empty after a complaint at `wanted`.
    public static Optional<byte[]> bytes(Path file, int most, Place wanted, Complaints complaints) {
        if (Files.isDirectory(file)) {
            complaints.add(wanted, wanted.subject(file, "is a folder, not a file"));
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length <= most) {
                return Optional.of(bytes);
            }
            complaints.add(
                    wanted,
                    wanted.subject(file, "has more than " + most + " bytes, the most that such a file may have"));
        } catch (NoSuchFileException e) {
            complaints.add(wanted, wanted.subject(file, "does not exist"));
        } catch (IOException e) {
            complaints.add(wanted, wanted.subject(file, "cannot be read: " + e));
        }
        return Optional.empty();
    }

    private static Optional<String> decoded(byte[] bytes, Path file, Place wanted, Complaints complaints) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            complaints.add(wanted, wanted.subject(file, "is not UTF-8 text"));
            return Optional.empty();
        }
    }
}
