package io.flocker.cli.command.certificate;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker certificate ls`: the certificates of host names.
@Command(
        name = "ls",
        description = "List certificates of host names. Those that the cluster makes begin with cluster/, and are"
                + " renewed by it; of yours, it warns when one expires soon.")
public final class CertificateLs extends ClusterCommand {
    /// So long before the end of a user's certificate.
    private static final long WARN_MILLIS = TimeUnit.DAYS.toMillis(21);

    @Mixin
    private final ListOutput output = new ListOutput();

    public CertificateLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Certificate> certificates = cluster.certificates();
        for (Status.Certificate each : certificates) {
            long left = each.endMillis() - shell.nowMillis();
            if (!each.ofCluster() && left < WARN_MILLIS) {
                shell.err()
                        .println("Certificate " + each.name()
                                + (left > 0 ? " expires in " + Moment.length(left) : " has expired")
                                + "; flocker certificate add brings the next one");
            }
        }
        return output.show(shell, certificates, Status.Certificate::name, () -> table(certificates));
    }

    private Table table(List<Status.Certificate> certificates) {
        var table = new Table("CERTIFICATE", "HOST NAMES", "ISSUER", "EXPIRES", "SHOWN FOR");
        for (Status.Certificate each : certificates) {
            long left = each.endMillis() - shell.nowMillis();
            table.row(
                    each.name(),
                    String.join(", ", each.hosts()),
                    each.issuer(),
                    left > 0 ? "in " + Moment.length(left) : "expired",
                    String.join(", ", each.services()));
        }
        return table;
    }
}
