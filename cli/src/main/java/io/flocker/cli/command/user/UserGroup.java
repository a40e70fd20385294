package io.flocker.cli.command.user;

import picocli.CommandLine.Command;

/// The group `flocker user`.
@Command(name = "user", description = "Users: who may do what. Root on a node may do everything.")
public final class UserGroup {}
