package io.flocker.cli.compose.mount;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Binds of folders and files. An absolute source (or one in the home folder) is the node's own. A relative one comes
/// along with the Compose file: a folder becomes a volume that starts as a copy of it, a single file becomes one of
/// the application's files.
final class Binds {
    private static final int HASH_BYTES = 4;
    private static final int MAX_SLUG = 40;

    private final Volumes volumes;
    private final Contents contents;
    private final Variables variables;
    private final Map<Path, String> seeds = new HashMap<>();

    Binds(Volumes volumes, Contents contents, Variables variables) {
        this.volumes = volumes;
        this.contents = contents;
        this.variables = variables;
    }

    /// Whether the source of a short volume is a path and not a volume's name.
    static boolean isPath(String source) {
        return source.startsWith(".") || source.startsWith("/") || source.startsWith("~");
    }

    Optional<Mount> mount(Value at, String source, String target, boolean readOnly) {
        if (source.startsWith("~")) {
            return home(at, source).map(path -> host(at, path, target, readOnly));
        }
        if (source.startsWith("/")) {
            return Optional.of(host(at, source, target, readOnly));
        }
        Optional<Path> path = at.place().resolve(source);
        if (path.isEmpty()) {
            at.complain("binds \"" + Shown.word(source) + "\", which cannot be a path");
            return Optional.empty();
        }
        return Files.isRegularFile(path.get())
                ? file(at, path.get(), target, readOnly)
                : Optional.of(folder(at, path.get(), target, readOnly));
    }

    private Optional<String> home(Value at, String source) {
        Optional<String> home = variables.get("HOME");
        if (home.isEmpty() || !(source.equals("~") || source.startsWith("~/"))) {
            at.complain("binds " + Shown.word(source) + ", whose home folder is not known; write the absolute path");
            return Optional.empty();
        }
        return home.map(it -> it + source.substring(1));
    }

    private static Mount host(Value at, String source, String target, boolean readOnly) {
        String path = plain(source);
        at.note("binds the node's own " + path + ": the service stays on this node, and that data is neither"
                + " snapshotted nor moved");
        return new Mount.Host(path, target, readOnly);
    }

    private static String plain(String path) {
        return path.length() > 1 ? path.replaceAll("(?<=.)/+$", "") : path;
    }

    private Optional<Mount> file(Value at, Path path, String target, boolean readOnly) {
        if (!readOnly) {
            at.note("comes along as a read-only file; what the container writes there does not come back");
        }
        String mode = Files.isExecutable(path) ? "0555" : "0444";
        return contents.bound(at, name(at, path), path).map(file -> new Mount.File(file, target, mode));
    }

    private Mount folder(Value at, Path path, String target, boolean readOnly) {
        String name = name(at, path);
        String seed = seeds.computeIfAbsent(path, it -> seed(at, it, name));
        return new Mount.Volume(volumes.made(name, seed), target, readOnly);
    }

    private static String seed(Value at, Path path, String name) {
        if (!Files.exists(path)) {
            at.note("binds a folder that does not exist; it becomes the empty volume " + name);
            return "";
        }
        if (!Files.isDirectory(path)) {
            at.complain("binds " + path + ", which is neither a folder nor a file; a socket or device of the node is"
                    + " bound by its absolute path");
            return "";
        }
        try {
            String seed = FolderSeed.of(path);
            at.note("becomes the volume " + name + ", which starts as a copy of the folder; later changes to the folder"
                    + " do not reach it");
            return seed;
        } catch (FolderSeed.TooLarge e) {
            at.complain("binds a folder that " + e.getMessage() + "; put its files into the image, or bind the node's"
                    + " folder by its absolute path, " + path);
        } catch (IOException | UncheckedIOException e) {
            at.complain("binds a folder that cannot be read: " + e);
        }
        return "";
    }

    /// A name made of the path within the project, the same on every machine.
    private static String name(Value at, Path path) {
        return name(at.place().source().project().relativize(path).toString());
    }

    /// A name that says what it is made of, and differs where that differs.
    static String name(String text) {
        String slug =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        String hash = HexFormat.of().formatHex(sha256(text), 0, HASH_BYTES);
        return slug.isEmpty() ? "folder-" + hash : slug.substring(0, Math.min(slug.length(), MAX_SLUG)) + "-" + hash;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
