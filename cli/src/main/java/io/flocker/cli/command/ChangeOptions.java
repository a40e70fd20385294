package io.flocker.cli.command;

import picocli.CommandLine.Option;

/// What every command that starts an operation offers.
public final class ChangeOptions {
    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not follow the operation; print its id.")
    private boolean detach;

    public boolean dryRun() {
        return dryRun;
    }

    public boolean detach() {
        return detach;
    }
}
