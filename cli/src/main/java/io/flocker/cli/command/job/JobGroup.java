package io.flocker.cli.command.job;

import picocli.CommandLine.Command;

/// The group `flocker job`.
@Command(name = "job", description = "Runs of jobs: those that go on, and the last ones.")
public final class JobGroup {}
