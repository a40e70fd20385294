package io.flocker.cli;

import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What people run most, run by the build one after another in one process, against a daemon that is there for it. The
/// classes and methods this needs go into a start-up cache (JEP 483, 514, 515).
final class Rehearsal {
    private static final int ROUNDS = 3;

    /// What runs with all of the daemon's libraries.
    private static final Set<String> ELSEWHERE = Set.of("init", "join", "daemon", "help", "completion");

    private Rehearsal() {}

    /// Runs them.
    ///
    /// @param args the daemon's root, and a Compose file
    public static void main(String[] args) {
        String root = args[0];
        Commands.all().keySet().stream()
                .filter(name -> !ELSEWHERE.contains(name))
                .forEach(Rehearsal::help);
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
            run(root, "env", "ls");
            run(root, "env", "show", "notes");
            run(root, "checkpoint", "ls", "-e", "notes");
            // There is no checkpoint to branch from.
            run(ExitCode.REFUSED, root, "env", "branch", "notes", "--count", "10", "--prefix", "dev-", "--dry-run");
            run(root, "down", "-e", "notes", "--dry-run");
        }
    }

    /// Loads what a command is made of, and each of its members.
    private static void help(String name) {
        Shell shell = Shell.ofProcess();
        var line = Flocker.commandLine(shell, name);
        line.execute(name, "--help");
        line.getSubcommands()
                .get(name)
                .getSubcommands()
                .keySet()
                .forEach(member -> Flocker.commandLine(shell, name, member).execute(name, member, "--help"));
        shell.flush();
    }

    private static void run(String root, String... words) {
        run(ExitCode.DONE, root, words);
    }

    private static void run(int expected, String root, String... words) {
        var line = new ArrayList<String>(List.of(words));
        line.add("--root");
        line.add(root);
        Shell shell = Shell.ofProcess();
        int exitCode = Flocker.commandLine(shell, words).execute(line.toArray(String[]::new));
        shell.flush();
        if (exitCode != expected) {
            throw new IllegalStateException(String.join(" ", line) + " ended with " + exitCode);
        }
    }
}
