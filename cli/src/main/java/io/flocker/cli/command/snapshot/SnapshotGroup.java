package io.flocker.cli.command.snapshot;

import picocli.CommandLine.Command;

/// The group `flocker snapshot`.
@Command(name = "snapshot", description = "Snapshots: a volume at one moment.")
public final class SnapshotGroup {}
