package io.flocker.cli.command.token;

import picocli.CommandLine.Command;

/// The group `flocker token`.
@Command(name = "token", description = "Join tokens: they let machines become nodes.")
public final class TokenGroup {}
