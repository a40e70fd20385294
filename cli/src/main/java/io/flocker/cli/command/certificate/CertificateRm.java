package io.flocker.cli.command.certificate;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker certificate rm`: removes users' certificates.
@Command(name = "rm", description = "Remove certificates. The cluster's own take their place.")
public final class CertificateRm extends ClusterCommand {
    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Parameters(
            arity = "1..*",
            paramLabel = "CERTIFICATE",
            description = "A certificate's name, as flocker certificate ls shows it.")
    private List<String> names = new ArrayList<>();

    public CertificateRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String name : names) {
            cluster.deleteCertificate(name, dryRun).changes().forEach(shell.out()::println);
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
