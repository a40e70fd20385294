package io.flocker.cli.command.volume;

import picocli.CommandLine.Command;

/// The group `flocker volume`.
@Command(name = "volume", description = "Volumes: the data that services keep.")
public final class VolumeGroup {}
