package io.flocker.lab;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that takes the room in a node's pool.
record Filler(Path file) {
    private static final int MOST_ATTEMPTS = 5;

    /// Takes all but about `left` bytes: measures again if somebody else took some of it meanwhile.
    void fill(long left) throws IOException {
        remove();
        for (int attempt = 1; ; attempt++) {
            long bytes = Files.getFileStore(file.getParent()).getUsableSpace() - left;
            if (bytes <= 0) {
                return;
            }
            try {
                Program.of("fallocate", "-l", Long.toString(bytes), file.toString())
                        .run();
                return;
            } catch (IOException e) {
                remove();
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    boolean isThere() {
        return Files.exists(file);
    }
}
