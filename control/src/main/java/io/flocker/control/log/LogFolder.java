package io.flocker.control.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// The folder of a log, which is put in place or set aside as a whole.
public final class LogFolder {
    private LogFolder() {}

    /// Sets a log aside as `log.former`, in place of what was set aside before. Nothing happens if there is none.
    public static void setAside(Path folder) throws IOException {
        if (Files.exists(folder)) {
            Path former = folder.resolveSibling(folder.getFileName() + ".former");
            delete(former);
            move(folder, former);
        }
    }

    /// Deletes a folder with all that is in it, if it is there.
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    /// Moves a folder, so that a loss of power does not undo it.
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        sync(to.toAbsolutePath().getParent());
    }

    /// Writes to disk what is in a file, or which files are in a folder.
    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            channel.force(true);
        }
    }
}
