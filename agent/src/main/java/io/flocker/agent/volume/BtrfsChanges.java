package io.flocker.agent.volume;

import io.flocker.agent.program.Pipe;
import io.flocker.agent.volume.FileChanges.Gathering;
import io.flocker.agent.volume.FileChanges.Kind;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// Finds the files that differ between two snapshots, without reading their content: a stream without data names every
/// path that something happened to (see `fs/btrfs/send.h` of Linux), and a look at both snapshots tells what it was.
final class BtrfsChanges implements Pipe.Reading, BtrfsTransfer.Stream.Reader {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int RENAME = 9;

    /// Those after which a file that stays in its place is not what it was: attributes, content, mode, owner.
    private static final Set<Integer> CHANGING = Set.of(13, 14, 15, 16, 17, 18, 19, 22);

    private static final int PATH = 15;
    private static final int PATH_TO = 16;

    /// What `btrfs send` calls things for a while.
    private static final Pattern PASSING = Pattern.compile("(^|.*/)o[0-9]+-[0-9]+-[0-9]+(/.*|$)");

    /// For each file that is to be told, several paths may be named.
    private static final int PATHS_EACH = 4;

    private final int mostPaths;
    private final Set<String> named = new LinkedHashSet<>();
    private final Set<String> changed = new LinkedHashSet<>();
    /// Those of the command that is being read.
    private final List<String> paths = new ArrayList<>();

    private final long deadline = System.nanoTime() + LIMIT_NANOS;

    private BtrfsChanges(int mostPaths) {
        this.mostPaths = mostPaths;
    }

    /// Enough was read.
    private static final class Enough extends IOException {
        private static final long serialVersionUID = 1;

        Enough() {
            super("enough was read");
        }
    }

    /// @param before a snapshot that `after` descends from, as `after` a read-only subvolume
    static FileChanges between(Path before, Path after, int most) throws IOException {
        var reading = new BtrfsChanges(Math.multiplyExact(PATHS_EACH, most));
        var gathering = new Gathering(most);
        try {
            new Subvolume(after).send(Optional.of(new Subvolume(before)), Subvolume.Sent.NO_DATA, reading);
        } catch (Enough e) {
            gathering.hasMore();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Stopped while looking which files differ", e);
        }
        for (String path : reading.named) {
            if (System.nanoTime() > reading.deadline) {
                gathering.hasMore();
                break;
            }
            reading.compare(gathering, before, after, path);
        }
        return gathering.result();
    }

    private void compare(Gathering gathering, Path before, Path after, String path) throws IOException {
        Path then = before.resolve(path);
        Path now = after.resolve(path);
        boolean was = FileChanges.has(before, before.relativize(then));
        boolean is = FileChanges.has(after, after.relativize(now));
        boolean wasDirectory = was && Files.isDirectory(then, LinkOption.NOFOLLOW_LINKS);
        boolean isDirectory = is && Files.isDirectory(now, LinkOption.NOFOLLOW_LINKS);
        if (wasDirectory && !isDirectory) {
            gathering.addAll(before, then, Kind.REMOVED);
        }
        if (isDirectory && !wasDirectory) {
            gathering.addAll(after, now, Kind.ADDED);
        }
        if (wasDirectory && isDirectory && !inode(then).equals(inode(now))) {
            // Another one of the same name: what was in it is named one by one, or moved with it.
            gathering.addAll(before, then, Kind.REMOVED);
            gathering.addAll(after, now, Kind.ADDED);
        }
        boolean wasFile = was && !wasDirectory;
        boolean isFile = is && !isDirectory;
        if (wasFile && isFile) {
            if (changed.contains(path) || !inode(then).equals(inode(now))) {
                gathering.add(path, Kind.MODIFIED);
            }
        } else if (wasFile) {
            gathering.add(path, Kind.REMOVED);
        } else if (isFile) {
            gathering.add(path, Kind.ADDED);
        }
    }

    private static Object inode(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void read(InputStream output) throws IOException {
        BtrfsTransfer.Stream.read(output, this);
    }

    /// The path that a command is about, and where that goes.
    @Override
    public void attribute(int command, int type, int size, DataInputStream in) throws IOException {
        if (type == PATH || type == PATH_TO) {
            paths.add(new String(in.readNBytes(size), StandardCharsets.UTF_8));
        } else {
            in.skipNBytes(size);
        }
    }

    @Override
    public void end(int command, int length) throws IOException {
        if (command == RENAME && paths.size() == 2) {
            moved(paths.get(0), paths.get(1));
        }
        paths.forEach(path -> name(command, path));
        paths.clear();
        if (named.size() > mostPaths || System.nanoTime() > deadline) {
            throw new Enough();
        }
    }

    private void name(int command, String path) {
        if (!path.isEmpty()) {
            named.add(path);
            if (CHANGING.contains(command)) {
                changed.add(path);
            }
        }
    }

    /// What happened to something while it had a passing name happened to it.
    private void moved(String from, String to) {
        if (PASSING.matcher(from).matches()) {
            rename(named, from, to);
            rename(changed, from, to);
        }
    }

    private static void rename(Set<String> paths, String from, String to) {
        for (String path : List.copyOf(paths)) {
            if (path.equals(from) || path.startsWith(from + "/")) {
                paths.remove(path);
                paths.add(to + path.substring(from.length()));
            }
        }
    }
}
