package io.flocker.cli.command.user;

import picocli.CommandLine.Command;

/// The group `flocker quota`.
@Command(name = "quota", description = "Quotas: how much users, and environments, may have.")
public final class QuotaGroup {}
