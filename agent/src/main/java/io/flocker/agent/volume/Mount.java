package io.flocker.agent.volume;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// A mount as one process sees it, read from `/proc/PID/mountinfo`.
///
/// @param device `major:minor`, the same for all mounts of one file system
/// @param point where it is mounted
/// @param type of file system
/// @param source the device or dataset
/// @param options of the file system itself, comma separated
record Mount(String device, Path point, String type, String source, String options) {
    private static final Path PROC = Path.of("/proc");

    /// A mount that some process has, with the first process that has it.
    record Use(Mount mount, String process, String program) {
        @Override
        public String toString() {
            return "it is mounted at " + mount.point + " for process " + process + " (" + program + ")";
        }
    }

    /// The first mount that satisfies `which` in any mount namespace of this machine.
    static Optional<Use> find(Predicate<Mount> which) throws IOException {
        Set<String> seen = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                Optional<Mount> found = findOf(process, seen, which);
                if (found.isPresent()) {
                    return Optional.of(new Use(found.get(), name(process), program(process)));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Mount> findOf(Path process, Set<String> seen, Predicate<Mount> which) {
        try {
            String namespace = Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
            if (!seen.add(namespace)) {
                return Optional.empty();
            }
            var found = of(process).stream().filter(which).findFirst();
            return found;
        } catch (IOException e) {
            // The process ended while we looked.
            return Optional.empty();
        }
    }

    /// All mounts this process sees.
    static List<Mount> own() throws IOException {
        return of(PROC.resolve("self"));
    }

    /// The mount that `directory` is in.
    static Mount containing(Path directory) throws IOException {
        Path real = directory.toRealPath();
        Mount nearest = null;
        for (Mount mount : own()) {
            // A later mount on the same point hides an earlier one.
            if (real.startsWith(mount.point)
                    && (nearest == null || mount.point.getNameCount() >= nearest.point.getNameCount())) {
                nearest = mount;
            }
        }
        if (nearest == null) {
            throw new NoSuchFileException(directory.toString(), null, "it is in no mounted file system");
        }
        return nearest;
    }

    private static List<Mount> of(Path process) throws IOException {
        List<Mount> mounts = new ArrayList<>();
        for (String line : Files.readString(process.resolve("mountinfo")).split("\n", -1)) {
            parse(line).ifPresent(mounts::add);
        }
        return mounts;
    }

    /// Reads one line as proc(5) describes it: `id parent device root point options... - type source options`.
    static Optional<Mount> parse(String line) {
        int dash = line.indexOf(" - ");
        if (dash < 0) {
            return Optional.empty();
        }
        String[] left = line.substring(0, dash).split(" ", -1);
        String[] right = line.substring(dash + 3).split(" ", -1);
        if (left.length < 6 || right.length < 3) {
            return Optional.empty();
        }
        return Optional.of(new Mount(left[2], Path.of(plain(left[4])), right[0], plain(right[1]), plain(right[2])));
    }

    /// Undoes the kernel's octal escapes of space, tab, newline and backslash.
    private static String plain(String escaped) {
        if (escaped.indexOf('\\') < 0) {
            return escaped;
        }
        return escaped.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }

    private static String name(Path process) {
        return String.valueOf(process.getFileName());
    }

    private static String program(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "ended";
        }
    }
}
