package io.flocker.cli.command.certificate;

import picocli.CommandLine.Command;

/// The group `flocker ca`.
@Command(name = "ca", description = "The cluster's own certificate authority.")
public final class AuthorityGroup {}
