package io.flocker.cli.command.checkpoint;

import picocli.CommandLine.Command;

/// The group `flocker checkpoint`.
@Command(name = "checkpoint", description = "Checkpoints: an environment at one moment.")
public final class CheckpointGroup {}
