package io.flocker.agent.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// How many connections HAProxy may have: each takes two file descriptors.
final class Connections {
    private static final int MOST = 50_000;
    private static final int OTHER_DESCRIPTORS = 1_000;

    private Connections() {}

    /// What the limit of this process, which HAProxy inherits, allows.
    static int most() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            List<String> words = List.of(line.split("\\s+"));
            if (line.startsWith("Max open files") && words.get(4).matches("[0-9]+")) {
                long fits = (Long.parseLong(words.get(4)) - OTHER_DESCRIPTORS) / 2;
                return Math.clamp(fits, 100, MOST);
            }
        }
        return MOST;
    }
}
