package io.flocker.cli.command.certificate;

import picocli.CommandLine.Command;

/// The group `flocker certificate`.
@Command(
        name = "certificate",
        description = "Certificates of host names. The cluster makes one by itself for each that has none of yours.")
public final class CertificateGroup {}
