package io.flocker.cli.command.user;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.function.LongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker quota ls`: how much there is of how much there may be.
@Command(
        name = "ls",
        description =
                "List users and the environments that have a quota of their own: how much they have, and may have.")
public final class QuotaLs extends ClusterCommand {
    @Mixin
    private final ListOutput output = new ListOutput();

    public QuotaLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Quota> quotas = cluster.users().quotas();
        return output.show(
                shell,
                quotas,
                quota -> quota.environment().isEmpty() ? quota.owner() : quota.environment(),
                () -> table(quotas));
    }

    static Table table(List<Status.Quota> quotas) {
        var table = new Table("USER", "ENVIRONMENT", "ENVIRONMENTS", "MEMORY", "OWN DATA");
        for (Status.Quota quota : quotas) {
            boolean ofUser = quota.environment().isEmpty();
            table.row(
                    quota.owner(),
                    quota.environment(),
                    ofUser
                            ? of(
                                    Long.toString(quota.environments()),
                                    quota.limit().environments(),
                                    Long::toString)
                            : "",
                    of(Bytes.text(quota.memoryBytes()), quota.limit().memoryBytes(), Bytes::text),
                    of(
                            quota.dataBytes().isPresent()
                                    ? Bytes.text(quota.dataBytes().getAsLong())
                                    : "?",
                            quota.limit().dataBytes(),
                            Bytes::text));
        }
        return table;
    }

    private static String of(String used, long limit, LongFunction<String> shown) {
        return limit == 0 ? used : used + " of " + shown.apply(limit);
    }
}
