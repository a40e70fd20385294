package io.flocker.cli.command.release;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker history`: the releases of a service.
@Command(
        name = "history",
        description = "List the releases of a service, the newest first. flocker rollback ENVIRONMENT/SERVICE --release"
                + " NUMBER runs one of them again.")
public final class History extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ListOutput output = new ListOutput();

    @Parameters(paramLabel = "SERVICE", description = "The service.")
    private String service = "";

    public History(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Release> releases = cluster.releases(environment.resolve(shell, cluster), service);
        return output.show(shell, releases, release -> String.valueOf(release.number()), () -> table(releases));
    }

    private Table table(List<Status.Release> releases) {
        var table = new Table("RELEASE", "STATE", "INSTANCES", "CREATED", "IMAGE");
        for (Status.Release release : releases) {
            String digest = release.digest().isEmpty() ? "" : "@" + release.digest();
            table.row(
                    String.valueOf(release.number()),
                    release.state(),
                    String.valueOf(release.instances()),
                    Moment.ago(release.createdAtMillis(), shell.nowMillis()),
                    release.image() + digest);
        }
        return table;
    }
}
