package io.flocker.cli.command.balance;

import picocli.CommandLine.Command;

/// The group `flocker balance`.
@Command(name = "balance", description = "How load is spread over nodes by itself.")
public final class BalanceGroup {}
