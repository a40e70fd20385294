package io.flocker.cli.command.certificate;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;

/// `flocker ca show`: prints the authority's certificate.
@Command(
        name = "show",
        description = "Print the certificate of the cluster's authority (PEM). Whoever believes it believes the"
                + " certificates that the cluster makes for host names.",
        footer = {
            "",
            "Examples:",
            "  flocker ca show > staging-ca.pem",
            "  curl --cacert staging-ca.pem https://alice.staging.example.com/"
        })
public final class AuthorityShow extends ClusterCommand {
    public AuthorityShow(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        shell.out().print(cluster.authority());
        return ExitCode.DONE;
    }
}
