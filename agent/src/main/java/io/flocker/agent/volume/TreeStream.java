package io.flocker.agent.volume;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory as one stream, for [MemoryDriver]: a magic word, the digest of its base, each entry in order, an end.
final class TreeStream {
    private static final String MAGIC = "flocker-tree";
    private static final int MOST_FILE_BYTES = 256 << 20;
    private static final int MOST_NAMES = 1000;

    private static final int END = 'E';
    private static final int DIRECTORY = 'D';
    private static final int FILE = 'F';
    private static final int LINK = 'L';

    private TreeStream() {}

    static void write(Path root, String base, OutputStream to) throws IOException {
        var out = new DataOutputStream(to);
        out.writeUTF(MAGIC);
        out.writeUTF(base);
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.sorted().toList();
        }
        for (Path path : paths) {
            entry(root, path, out);
        }
        out.writeByte(END);
        out.flush();
    }

    private static void entry(Path root, Path path, DataOutputStream out) throws IOException {
        String name = root.relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
            out.writeByte(LINK);
            out.writeUTF(name);
            out.writeUTF(Files.readSymbolicLink(path).toString());
            return;
        }
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        out.writeByte(directory ? DIRECTORY : FILE);
        out.writeUTF(name);
        attributes(path, out);
        if (!directory) {
            byte[] content = Files.readAllBytes(path);
            out.writeInt(content.length);
            out.write(content);
        }
    }

    private static void attributes(Path path, DataOutputStream out) throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        out.writeUTF(
                posix == null
                        ? ""
                        : PosixFilePermissions.toString(posix.readAttributes().permissions()));
        UserDefinedFileAttributeView own = own(path);
        List<String> names =
                own == null ? List.of() : own.list().stream().sorted().toList();
        out.writeInt(names.size());
        for (String name : names) {
            ByteBuffer value = ByteBuffer.allocate(own == null ? 0 : own.size(name));
            if (own != null) {
                own.read(name, value);
            }
            out.writeUTF(name);
            out.writeUTF(HexFormat.of().formatHex(value.array()));
        }
    }

    private static @Nullable UserDefinedFileAttributeView own(Path path) throws IOException {
        boolean supported = Files.getFileStore(path).supportsFileAttributeView(UserDefinedFileAttributeView.class);
        return supported ? Files.getFileAttributeView(path, UserDefinedFileAttributeView.class) : null;
    }

    /// Makes `root`, which is not there yet.
    ///
    /// @throws IOException if the stream is not whole, or is for another base
    static void read(InputStream from, String base, Path root) throws IOException {
        var in = new DataInputStream(from);
        try {
            if (!in.readUTF().equals(MAGIC)) {
                throw new IOException("the stream is none of a directory");
            }
            if (!in.readUTF().equals(base)) {
                throw new IOException("the stream is for another base");
            }
            while (entry(in, root)) {}
        } catch (EOFException e) {
            throw new IOException("the stream ended before the snapshot was complete", e);
        } catch (IllegalArgumentException e) {
            // A name, a mode or an attribute that is none.
            throw new IOException("the stream is damaged: " + e.getMessage(), e);
        }
        if (in.read() >= 0) {
            throw new IOException("the stream goes on after its end");
        }
    }

    private static boolean entry(DataInputStream in, Path root) throws IOException {
        int kind = in.readUnsignedByte();
        if (kind == END) {
            return false;
        }
        String name = in.readUTF();
        Path path = name.isEmpty() ? root : root.resolve(name);
        if (!path.normalize().startsWith(root)) {
            throw new IOException("the stream names " + name + ", which is outside");
        }
        if (kind == LINK) {
            Files.createSymbolicLink(path, Path.of(in.readUTF()));
        } else if (kind == DIRECTORY) {
            Files.createDirectory(path);
            attributes(in, path);
        } else if (kind == FILE) {
            Files.createFile(path);
            attributes(in, path);
            int length = in.readInt();
            if (length < 0 || length > MOST_FILE_BYTES) {
                throw new IOException("the stream has a file of " + length + " bytes");
            }
            byte[] content = in.readNBytes(length);
            if (content.length < length) {
                throw new EOFException(name);
            }
            Files.write(path, content);
        } else {
            throw new IOException("the stream has an entry of kind " + kind);
        }
        return true;
    }

    private static void attributes(DataInputStream in, Path path) throws IOException {
        String permissions = in.readUTF();
        int names = in.readInt();
        if (names < 0 || names > MOST_NAMES) {
            throw new IOException("the stream has a file with " + names + " attributes");
        }
        UserDefinedFileAttributeView own = own(path);
        for (int i = 0; i < names; i++) {
            String name = in.readUTF();
            byte[] value = HexFormat.of().parseHex(in.readUTF());
            if (own != null) {
                own.write(name, ByteBuffer.wrap(value));
            }
        }
        if (!permissions.isEmpty()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    /// The same for directories with the same content.
    static String digest(Path root) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            write(root, "", new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
