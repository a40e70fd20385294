package io.flocker.cli.command.operation;

import picocli.CommandLine.Command;

/// The group `flocker op`.
@Command(name = "op", description = "Operations: changes in progress, and the last ones.")
public final class OperationGroup {}
