package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker env ls`: the environments as branches of each other.
@Command(
        name = "ls",
        description = "List environments: whose they are, what they are branches of, where they are reached, and how"
                + " much data they share with nothing else.")
public final class EnvironmentLs extends ClusterCommand {
    private static final long UNKNOWN = -1;

    @Mixin
    private final ListOutput output = new ListOutput();

    public EnvironmentLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Environment> environments = cluster.environments();
        Map<String, Long> own = own(cluster);
        return output.show(shell, environments, Status.Environment::name, () -> table(environments, own));
    }

    /// What each environment has of its own, in bytes; of one with a volume that could not be asked, unknown.
    private static Map<String, Long> own(Cluster cluster) throws Exception {
        var own = new TreeMap<String, Long>();
        for (Status.Volume volume : cluster.volumesWithUsage()) {
            own.merge(
                    volume.environment(),
                    volume.exclusiveBytes(),
                    (sum, more) -> sum == UNKNOWN || more == UNKNOWN ? UNKNOWN : sum + more);
        }
        return own;
    }

    /// `in 3 days`, `now` or `protected`; empty for never.
    static String expiry(Status.Life life, long nowMillis) {
        long left = life.expiresAtMillis() - nowMillis;
        String when = life.expiresAtMillis() == 0 ? "" : left <= 0 ? "now" : "in " + Moment.length(left);
        return life.isProtected() ? "protected" : when;
    }

    private Table table(List<Status.Environment> environments, Map<String, Long> own) {
        var table = new Table("ENVIRONMENT", "OWNER", "ORIGIN", "AGE", "EXPIRES", "STATE", "OWN DATA", "ADDRESSES");
        for (Status.Environment environment : environments) {
            long bytes = own.getOrDefault(environment.name(), 0L);
            table.row(
                    environment.name(),
                    environment.owner(),
                    environment.origin().map(Status.Origin::toString).orElse(""),
                    Moment.length(shell.nowMillis() - environment.createdAtMillis()),
                    expiry(environment.life(), shell.nowMillis()),
                    environment.state(),
                    bytes == UNKNOWN ? "?" : Bytes.text(bytes),
                    Addresses.of(environment));
        }
        return table;
    }
}
