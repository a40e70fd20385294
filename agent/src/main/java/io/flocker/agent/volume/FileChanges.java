package io.flocker.agent.volume;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.TreeMap;

/// Files that are otherwise in a volume than they were.
///
/// @param files by path; directories are not among them
/// @param more whether there are others, which were too many to tell or took too long to find
public record FileChanges(List<Change> files, boolean more) {
    public enum Kind {
        ADDED,
        MODIFIED,
        REMOVED
    }

    /// A file that is otherwise.
    ///
    /// @param path below the volume's directory
    public record Change(String path, Kind kind) {}

    /// Gathers them, and stops at `most`.
    static final class Gathering {
        private final TreeMap<String, Kind> found = new TreeMap<>();
        private final int most;
        private boolean more;

        Gathering(int most) {
            this.most = most;
        }

        /// Whether there is no room for another one.
        boolean isFull() {
            return found.size() >= most;
        }

        void add(String path, Kind kind) {
            if (isFull() && !found.containsKey(path)) {
                more = true;
            } else {
                found.put(path, kind);
            }
        }

        /// All files in a directory that came or went.
        void addAll(Path root, Path directory, Kind kind) throws IOException {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    add(root.relativize(file).toString(), kind);
                    return more ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
                }
            });
        }

        void hasMore() {
            more = true;
        }

        FileChanges result() {
            return new FileChanges(
                    found.entrySet().stream()
                            .map(entry -> new Change(entry.getKey(), entry.getValue()))
                            .toList(),
                    more);
        }
    }

    /// Whether something is at `path` below `root`. What only a link leads to is not: a volume's links lead wherever
    /// those who wrote them wanted, and out of it.
    static boolean has(Path root, Path path) {
        Path at = root;
        for (Path name : path) {
            if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
            at = at.resolve(name);
        }
        return Files.exists(at, LinkOption.NOFOLLOW_LINKS);
    }

    /// Likewise, and no directory.
    private static boolean hasFile(Path root, Path path) {
        return has(root, path) && !Files.isDirectory(root.resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    /// What differs between two directories, found by reading both.
    static FileChanges between(Path before, Path after, int most) throws IOException {
        var gathering = new Gathering(most);
        Files.walkFileTree(after, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes now) throws IOException {
                Path path = after.relativize(file);
                if (!hasFile(before, path)) {
                    gathering.add(path.toString(), Kind.ADDED);
                } else if (!sameContent(before.resolve(path), file, now)) {
                    gathering.add(path.toString(), Kind.MODIFIED);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Files.walkFileTree(before, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                Path path = before.relativize(file);
                if (!hasFile(after, path)) {
                    gathering.add(path.toString(), Kind.REMOVED);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return gathering.result();
    }

    private static boolean sameContent(Path before, Path after, BasicFileAttributes now) throws IOException {
        try {
            var then = Files.readAttributes(before, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (now.isSymbolicLink() && then.isSymbolicLink()) {
                return Files.readSymbolicLink(before).equals(Files.readSymbolicLink(after));
            }
            return now.isRegularFile() && then.isRegularFile() && Files.mismatch(before, after) < 0;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
