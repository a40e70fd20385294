package io.flocker.cli;

import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;

/// What people run most, run by the build one after another in one process, against a daemon that is there for it. The
/// classes and methods this needs go into a start-up cache (JEP 483, 514, 515).
final class Rehearsal {
    private static final int ROUNDS = 3;

    private Rehearsal() {}

    /// Runs them.
    ///
    /// @param args the daemon's root, and a Compose file
    public static void main(String[] args) {
        String root = args[0];
        run(root, "up", "-f", args[1], "--detach");
        for (int round = 0; round < ROUNDS; round++) {
            run(root, "ls");
            run(root, "ps");
            run(root, "status", "notes");
            run(root, "volume", "ls");
            run(root, "op", "ls");
            run(root, "node", "ls");
            run(root, "version");
            run(root, "ls", "-o", "json");
            run(root, "volume", "ls", "-o", "yaml");
        }
    }

    private static void run(String root, String... words) {
        var line = new ArrayList<String>(List.of(words));
        line.add("--root");
        line.add(root);
        Shell shell = Shell.ofProcess();
        int exitCode = Flocker.commandLine(shell, words[0]).execute(line.toArray(String[]::new));
        shell.flush();
        if (exitCode != 0) {
            throw new IllegalStateException(String.join(" ", line) + " ended with " + exitCode);
        }
    }
}
