package io.flocker.agent.guard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The directory through which agent and guard know each other; on a tmpfs, so that it ends with the machine's boot
/// and no disk that hangs delays a fencing.
record GuardFiles(Path directory) {
    /// As in the script.
    private static final String VERSION = "3";

    /// The start time among the fields of /proc/PID/stat that follow the command's name (proc(5)).
    private static final int START = 19;

    Path script() {
        return directory.resolve("guard.bash");
    }

    /// A FIFO that the guard reads lines from.
    Path commands() {
        return directory.resolve("commands");
    }

    /// A FIFO that nobody writes to: the guard waits at it.
    Path quiet() {
        return directory.resolve("quiet");
    }

    /// Whatever the guard could not say otherwise.
    Path output() {
        return directory.resolve("output");
    }

    /// What the guard last said; empty if it is just being written, or there never was one.
    Optional<Guard.Said> said() {
        List<String> words = words(directory.resolve("state"));
        if (words.size() != 11) {
            return Optional.empty();
        }
        return Optional.of(new Guard.Said(
                Long.parseLong(words.get(1)),
                Long.parseLong(words.get(3)),
                Long.parseLong(words.get(5)),
                Long.parseLong(words.get(7)),
                Long.parseLong(words.get(9))));
    }

    /// What the guard has in its list; empty if there never was one.
    List<Path> groups() {
        List<String> words = words(directory.resolve("groups"));
        return words.stream().limit(Math.max(0, words.size() - 1)).map(Path::of).toList();
    }

    /// The guard that lives, if it understands what we say: neither another process that got its number, nor one of
    /// another version.
    Optional<ProcessHandle> guard() {
        return process(true);
    }

    /// The guard that lives, of whatever version.
    Optional<ProcessHandle> anyGuard() {
        return process(false);
    }

    private Optional<ProcessHandle> process(boolean ours) {
        List<String> words = words(directory.resolve("process"));
        if (words.size() != 4 || (ours && !words.get(0).equals(VERSION)) || !started(words.get(1), words.get(2))) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(words.get(1)));
    }

    private static boolean started(String pid, String start) {
        try {
            String stat = Files.readString(Path.of("/proc", pid, "stat"));
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            return !fields.getFirst().equals("Z") && fields.get(START).equals(start);
        } catch (IOException e) {
            return false;
        }
    }

    /// The words of a file of one line that ends with a full stop; none if it is missing or not whole.
    private static List<String> words(Path file) {
        try {
            List<String> words = List.of(Files.readString(file).strip().split(" ", -1));
            return words.getLast().equals(".") ? words : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
