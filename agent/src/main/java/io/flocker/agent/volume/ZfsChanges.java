package io.flocker.agent.volume;

import io.flocker.agent.program.Program;
import io.flocker.agent.program.ProgramFailed;
import io.flocker.agent.volume.FileChanges.Gathering;
import io.flocker.agent.volume.FileChanges.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// Finds the files that differ between a snapshot and a dataset by `zfs diff`, which the ZFS of FUSE does not have.
final class ZfsChanges {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int OCTAL_DIGITS = 4;

    private ZfsChanges() {}

    static FileChanges between(String snapshot, String dataset, Path mounted, int most) throws IOException {
        try {
            String text = Program.of("zfs", "diff", "-FH", snapshot, dataset)
                    .within(LIMIT)
                    .run();
            return read(text, mounted, most);
        } catch (ProgramFailed e) {
            throw new IOException("This node's ZFS cannot tell which files differ: " + e.getMessage(), e);
        }
    }

    /// A line is a sign, the kind of file and its path, and for what moved where it went, between tabs.
    static FileChanges read(String text, Path mounted, int most) {
        var gathering = new Gathering(most);
        for (String line : text.lines().toList()) {
            String[] words = line.split("\t", -1);
            if (words.length < 3 || words[1].equals("/")) {
                continue;
            }
            switch (words[0]) {
                case "+" -> gathering.add(path(mounted, words[2]), Kind.ADDED);
                case "-" -> gathering.add(path(mounted, words[2]), Kind.REMOVED);
                case "M" -> gathering.add(path(mounted, words[2]), Kind.MODIFIED);
                case "R" -> {
                    gathering.add(path(mounted, words[2]), Kind.REMOVED);
                    gathering.add(path(mounted, words[words.length - 1]), Kind.ADDED);
                }
                default -> throw new IllegalArgumentException("zfs diff wrote " + line);
            }
        }
        return gathering.result();
    }

    /// Whatever is no plain character of ASCII is a backslash and four octal digits, one for each byte.
    private static String path(Path mounted, String shown) {
        var bytes = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < shown.length(); i++) {
            boolean escaped = shown.charAt(i) == '\\' && i + OCTAL_DIGITS < shown.length();
            bytes.write(escaped ? Integer.parseInt(shown.substring(i + 1, i + 1 + OCTAL_DIGITS), 8) : shown.charAt(i));
            i += escaped ? OCTAL_DIGITS : 0;
        }
        return mounted.relativize(Path.of(bytes.toString(StandardCharsets.UTF_8)))
                .toString();
    }
}
