package io.flocker.cli.build;

import picocli.CommandLine.Option;

/// How `flocker up` builds.
public final class BuildOptions {
    @Option(names = "--build", description = "Build images again, even those that are there.")
    private boolean again;

    @Option(names = "--no-build", description = "Build nothing; fail if an image is missing.")
    private boolean never;

    @Option(names = "--verbose", description = "Show what builds print, also without a terminal.")
    private boolean verbose;

    public boolean again() {
        return again;
    }

    public boolean never() {
        return never;
    }

    public boolean verbose() {
        return verbose;
    }
}
