package io.flocker.cli.command.certificate;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flocker certificate add`: brings a user's certificate.
@Command(
        name = "add",
        description = {
            "Add a certificate for host names, or replace the one of the same name. Which host names it is for is read"
                    + " from it; one for *.example.com is for every name that is one label longer.",
            "Connections stay, and new ones are shown it at once."
        },
        footer = {"", "Example:", "  flocker certificate add --cert fullchain.pem --key privkey.pem"})
public final class CertificateAdd extends ClusterCommand {
    /// Larger files are something else.
    private static final long MAX_BYTES = 256 * 1024;

    @Option(
            names = "--cert",
            required = true,
            paramLabel = "FILE",
            description = "The certificate, followed by those that signed it (PEM).")
    private Path certificate = Path.of("");

    @Option(names = "--key", required = true, paramLabel = "FILE", description = "Its private key (PEM).")
    private Path key = Path.of("");

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "What to call it (default: its first host name). One of the same name is replaced.")
    private String name = "";

    @Option(names = "--dry-run", description = "Only check it, and tell what would be done.")
    private boolean dryRun;

    public CertificateAdd(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var request = new Requests.AddCertificate(name, read(certificate), read(key));
        Answers.Change change = cluster.add(request, dryRun);
        change.changes().forEach(shell.out()::println);
        return ExitCode.DONE;
    }

    private String read(Path file) throws CommandException {
        Path found = shell.folder().resolve(file);
        try {
            if (Files.size(found) > MAX_BYTES) {
                throw CommandException.usage(file + " is larger than " + MAX_BYTES / 1024 + " KiB: it is no PEM file");
            }
            return Files.readString(found);
        } catch (IOException e) {
            throw CommandException.usage("Cannot read " + file + ": " + e.getMessage());
        }
    }
}
