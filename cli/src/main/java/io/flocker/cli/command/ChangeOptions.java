package io.flocker.cli.command;

import picocli.CommandLine.Option;

/// What every command that starts an operation offers.
final class ChangeOptions {
    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not follow the operation; print its id.")
    private boolean detach;

    boolean dryRun() {
        return dryRun;
    }

    boolean detach() {
        return detach;
    }
}
