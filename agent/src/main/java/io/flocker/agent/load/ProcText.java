package io.flocker.agent.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// What the kernel tells in text files: `/proc` and control groups. Whatever is missing there counts nothing.
final class ProcText {
    /// Interfaces that pass on what others have counted already.
    private static final Set<String> PASSING_ON = Set.of("lo", "docker", "br-", "veth", "virbr", "dummy");

    private ProcText() {}

    /// A file's lines; none if it is not there, or goes while it is read.
    static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /// The number behind a word at the beginning of a line, such as `inactive_file 4096`; 0 if there is none.
    static long number(List<String> lines, String word) {
        for (String line : lines) {
            String[] words = line.strip().split("[\\s:]+");
            if (words.length > 1 && words[0].equals(word)) {
                return number(words[1]);
            }
        }
        return 0;
    }

    /// A file with one number in it; 0 if it is not there or says something else (`max`).
    static long number(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? 0 : number(lines.getFirst().strip());
    }

    static long number(String text) {
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    /// Bytes received and sent by all interfaces of `/proc/net/dev` but those that only pass on.
    static long networkBytes(List<String> lines) {
        long bytes = 0;
        for (String line : lines) {
            int colon = line.indexOf(':');
            String name = colon < 0 ? "lo" : line.substring(0, colon).strip();
            String[] columns = line.substring(colon + 1).strip().split("\\s+");
            if (columns.length >= 9 && PASSING_ON.stream().noneMatch(name::startsWith)) {
                bytes += number(columns[0]) + number(columns[8]);
            }
        }
        return bytes;
    }

    /// Microseconds that something waited, by the line `some … total=N` of a file of `/proc/pressure`.
    static long waitedMicros(List<String> lines) {
        for (String line : lines) {
            int total = line.indexOf("total=");
            if (line.startsWith("some ") && total > 0) {
                return number(line.substring(total + "total=".length()).strip());
            }
        }
        return 0;
    }
}
