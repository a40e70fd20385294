package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.pack.Tar;
import io.flocker.core.spec.VolumeSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// Packs a folder into the seed of a volume: a gzipped tar in which the same files always give the same bytes. Keeps
/// names, contents, symbolic links and whether a file may be executed; owners and times do not come along.
final class FolderSeed {
    private static final int MAX_PACKED = VolumeSpec.MAX_SEED_LENGTH / 4 * 3;
    private static final int MAX_FILE = 128_000_000;
    private static final int MAX_ENTRIES = 20_000;
    private static final int MAX_DEPTH = 64;

    private final Path folder;
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private int entries;

    private FolderSeed(Path folder) {
        this.folder = folder;
    }

    /// The folder holds more than a seed can.
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        TooLarge(String message) {
            super(message);
        }
    }

    /// Base64 as in [VolumeSpec#seedBase64]; empty for an empty folder.
    static String of(Path folder) throws IOException {
        var seed = new FolderSeed(folder);
        try (var gzip = new GZIPOutputStream(seed.packed)) {
            var tar = new Tar(gzip);
            seed.add(folder, tar, 0);
            tar.end();
        }
        if (seed.entries == 0) {
            return "";
        }
        seed.check();
        return Base64.getEncoder().encodeToString(seed.packed.toByteArray());
    }

    private void add(Path directory, Tar tar, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new TooLarge("is nested more than " + MAX_DEPTH + " folders deep");
        }
        List<Path> children;
        try (Stream<Path> listed = Files.list(directory)) {
            children = listed.sorted().toList();
        }
        for (Path child : children) {
            String name = folder.relativize(child).toString();
            if (++entries > MAX_ENTRIES) {
                throw new TooLarge("has more than " + MAX_ENTRIES + " files");
            }
            if (Files.isSymbolicLink(child)) {
                tar.link(name, Files.readSymbolicLink(child).toString());
            } else if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                tar.folder(name, 0_755);
                add(child, tar, depth + 1);
            } else if (Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
                file(child, name, tar);
            }
            check();
        }
    }

    private static void file(Path file, String name, Tar tar) throws IOException {
        if (Files.size(file) > MAX_FILE) {
            throw new TooLarge("has the file " + name + " of " + Files.size(file) + " bytes");
        }
        tar.file(name, Files.isExecutable(file) ? 0_755 : 0_644, Files.readAllBytes(file));
    }

    private void check() throws TooLarge {
        if (packed.size() > MAX_PACKED) {
            throw new TooLarge("is larger than " + MAX_PACKED + " bytes when packed");
        }
    }
}
