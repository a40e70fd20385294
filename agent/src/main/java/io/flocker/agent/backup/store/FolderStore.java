package io.flocker.agent.backup.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// A folder of this node, such as a disk or a file server that is mounted there. The folder
/// itself is never made: one that is missing is a disk that is not mounted.
public final class FolderStore implements Store {
    /// What has not got its name yet ends with this.
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;

    /// @throws IOException if there is no such folder
    public FolderStore(Path folder) throws IOException {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    "There is no folder " + folder + " on this node: make it, or mount what it is on, and try again");
        }
    }

    @Override
    public String name() {
        return "file://" + folder;
    }

    @Override
    public void put(String object, byte[] content) throws IOException {
        Path place = place(object);
        Path unfinished = place.resolveSibling(place.getFileName() + UNFINISHED);
        try {
            makeFolders(parent(place));
            write(unfinished, content);
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
            sync(parent(place));
        } catch (IOException e) {
            IOException told = new IOException("Could not write to " + name() + ": " + reason(e), e);
            try {
                Files.deleteIfExists(unfinished);
            } catch (IOException left) {
                told.addSuppressed(left);
            }
            throw told;
        }
    }

    private void makeFolders(Path wanted) throws IOException {
        if (!Files.isDirectory(wanted)) {
            makeFolders(parent(wanted));
            Files.createDirectory(wanted);
            sync(parent(wanted));
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (ByteBuffer left = ByteBuffer.wrap(content); left.hasRemaining(); ) {
                out.write(left);
            }
            out.force(true);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel open = FileChannel.open(directory, StandardOpenOption.READ)) {
            open.force(true);
        }
    }

    private static Path parent(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null) {
            throw new IOException("There is nothing above " + path);
        }
        return parent;
    }

    @Override
    public byte[] get(String object, int mostBytes) throws IOException {
        Path place = place(object);
        try (var in = Files.newInputStream(place)) {
            byte[] content = in.readNBytes(mostBytes);
            if (in.read() >= 0) {
                throw new IOException(place + " has more than " + mostBytes + " bytes");
            }
            return content;
        } catch (NoSuchFileException e) {
            Missing missing = new Missing(object + " is missing in " + name());
            missing.initCause(e);
            throw missing;
        } catch (FileSystemException e) {
            throw new IOException("Could not read from " + name() + ": " + reason(e), e);
        }
    }

    @Override
    public List<Entry> list(String prefix) throws IOException {
        Path top = place(prefix);
        if (!Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(top)) {
            List<Path> files = found.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
            var entries = Stream.<Entry>builder();
            for (Path file : files) {
                entries.add(new Entry(folder.relativize(file).toString(), Files.size(file)));
            }
            return entries.build().toList();
        } catch (UncheckedIOException e) {
            throw new IOException("Could not list " + name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException("Could not list " + name() + ": " + reason(e), e);
        }
    }

    /// Folders that are empty then go as well.
    @Override
    public void delete(String object) throws IOException {
        Path place = place(object);
        try {
            Files.deleteIfExists(place);
            for (Path above = parent(place); !above.equals(folder) && isEmpty(above); above = parent(above)) {
                Files.deleteIfExists(above);
            }
        } catch (IOException e) {
            throw new IOException("Could not delete " + object + " in " + name() + ": " + reason(e), e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private Path place(String object) throws IOException {
        Path place = folder.resolve(object).normalize();
        if (!place.startsWith(folder)) {
            throw new IOException(object + " is not in " + name());
        }
        return place;
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case AccessDeniedException e -> e.getFile() + " may not be written or read";
            case NoSuchFileException e -> "there is no " + e.getFile();
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> String.valueOf(failure.getMessage());
        };
    }

    @Override
    public void close() {}
}
