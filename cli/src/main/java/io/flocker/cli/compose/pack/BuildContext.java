package io.flocker.cli.compose.pack;

import io.flocker.client.api.Requests;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What an image is built from: a folder without what its `.dockerignore` keeps out, as a tar archive in which the same
/// files always give the same bytes. It is never in memory as a whole. Symbolic links stay links.
public final class BuildContext {
    private static final int MAX_ENTRIES = 200_000;
    private static final int MAX_DEPTH = 200;
    private static final int CHUNK_BYTES = 64 * 1024;

    private final Path folder;
    private final String dockerfile;
    private final IgnorePatterns ignored;
    private final List<Entry> entries = new ArrayList<>();
    private final String digest;
    private long bytes;

    private BuildContext(Path folder, String dockerfile) throws IOException {
        this.folder = folder;
        this.dockerfile = dockerfile;
        ignored = IgnorePatterns.of(folder, dockerfile);
        add(folder, 0);
        digest = digested();
    }

    /// A file, folder or link.
    ///
    /// @param name within the context
    record Entry(Path path, String name, Kind kind, int mode, long size) {}

    /// What there is in a context.
    enum Kind {
        FILE,
        FOLDER,
        LINK
    }

    /// The context that a folder is.
    ///
    /// @param dockerfile its path within the folder
    /// @throws IOException if it cannot be read, or is too large; completes "the context …"
    public static BuildContext of(Path folder, String dockerfile) throws IOException {
        return new BuildContext(folder, dockerfile);
    }

    public Path folder() {
        return folder;
    }

    /// SHA-256 of the archive, in hexadecimal.
    public String digest() {
        return digest;
    }

    /// The archive's length.
    public long bytes() {
        return bytes;
    }

    /// How many files, folders and links it has.
    public int size() {
        return entries.size();
    }

    /// The archive, read from the folder as it is read. It breaks off if the folder is not any more what it was. The
    /// caller closes it.
    public InputStream open() {
        return new Archive(entries, digest);
    }

    private String digested() throws IOException {
        MessageDigest sum = sha256();
        try (InputStream in = new DigestInputStream(new Archive(entries, ""), sum)) {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = in.read(chunk, 0, CHUNK_BYTES); read >= 0; read = in.read(chunk, 0, CHUNK_BYTES)) {
                bytes += read;
            }
        }
        return HexFormat.of().formatHex(sum.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    private long add(Path directory, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("is nested more than " + MAX_DEPTH + " folders deep");
        }
        List<Path> children;
        try (Stream<Path> listed = Files.list(directory)) {
            children = listed.sorted().toList();
        }
        long size = depth == 0 ? Tar.END_BYTES : 0;
        for (Path child : children) {
            size += child(child, depth);
            if (size > Requests.Build.MAX_CONTEXT_BYTES || entries.size() > MAX_ENTRIES) {
                throw new IOException(
                        "has more than " + Requests.Build.MAX_CONTEXT_BYTES / 1024 / 1024 + " MiB or " + MAX_ENTRIES
                                + " files; name what the image does not need in " + folder.resolve(".dockerignore"));
            }
        }
        return size;
    }

    private long child(Path child, int depth) throws IOException {
        String name = folder.relativize(child).toString();
        boolean out = ignored.keepsOut(name) && !name.equals(dockerfile) && !name.equals(".dockerignore");
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
            long size = out ? 0 : put(child, name, Kind.FOLDER, 0);
            boolean deeper = !out || ignored.haveExceptions() || dockerfile.startsWith(name + "/");
            return deeper ? size + add(child, depth + 1) : size;
        }
        if (out) {
            return 0;
        }
        if (Files.isSymbolicLink(child)) {
            return put(child, name, Kind.LINK, 0);
        }
        return Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)
                ? put(child, name, Kind.FILE, Files.size(child))
                : 0;
    }

    private long put(Path path, String name, Kind kind, long size) throws IOException {
        int mode = kind == Kind.LINK ? 0 : mode(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        var entry = new Entry(path, name, kind, mode, size);
        entries.add(entry);
        return Archive.head(entry).length + size + Tar.padding(size);
    }

    private static int mode(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (char c : PosixFilePermissions.toString(permissions).toCharArray()) {
            mode = mode << 1 | (c == '-' ? 0 : 1);
        }
        return mode;
    }
}
