package io.flocker.cli.command.branch;

import picocli.CommandLine.Command;

/// The group `flocker env`.
@Command(
        name = "env",
        description = "Environments and their branches: full copies of an application with its data, made in seconds.")
public final class EnvironmentGroup {}
