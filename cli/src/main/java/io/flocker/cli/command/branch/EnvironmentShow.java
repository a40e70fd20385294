package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.core.model.Checkpoint;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `flocker env show`: one environment as a branch.
@Command(
        name = "show",
        description = "Show one environment: whose it is, what it is a branch of and has otherwise, how long it lives,"
                + " where it is reached, how much of its data is its own, and its checkpoints.")
public final class EnvironmentShow extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Parameters(paramLabel = "ENVIRONMENT", description = "The environment.")
    private String name = "";

    public EnvironmentShow(Shell shell) {
        super(shell);
    }

    /// What is shown.
    ///
    /// @param environment its volumes with the space they take
    /// @param differences what it has otherwise than its origin; nothing if it is not a branch
    private record Shown(Status.Environment environment, List<Answers.Difference> differences) {}

    @Override
    protected int run(Cluster cluster) throws Exception {
        Shown shown = shown(cluster, cluster.environment(name));
        output.show(shell, shown, () -> text(shown));
        return ExitCode.DONE;
    }

    private static Shown shown(Cluster cluster, Status.Environment environment) throws Exception {
        if (environment.origin().isEmpty()) {
            return new Shown(environment.with(cluster.volumesWithUsage(environment.name())), List.of());
        }
        Answers.Differences found = cluster.differences(environment.name());
        return new Shown(environment.with(found.volumes()), found.services());
    }

    private String text(Shown shown) {
        Status.Environment environment = shown.environment();
        var services = new Table("SERVICE", "IMAGE", "INSTANCES", "ADDRESSES");
        for (Status.Service service : environment.services()) {
            services.row(
                    service.name(),
                    service.image(),
                    service.serving() + "/" + service.scale(),
                    String.join(", ", Addresses.of(service)));
        }
        var differences = new Table("SET OTHERWISE", "IN THE ORIGIN", "HERE");
        shown.differences().forEach(each -> differences.row(each.key(), each.before(), each.now()));
        var volumes = new Table("VOLUME", "NODE", "HOLDS", "OF ITS OWN");
        for (Status.Volume volume : environment.volumes()) {
            volumes.row(
                    volume.name(),
                    volume.primary(),
                    EnvironmentDiff.bytes(volume.usedBytes()),
                    EnvironmentDiff.bytes(volume.exclusiveBytes()));
        }
        return life(environment)
                + following(services)
                + following(differences)
                + following(volumes)
                + following(checkpoints(environment));
    }

    private Table life(Status.Environment environment) {
        long now = shell.nowMillis();
        Status.Life life = environment.life();
        Optional<Status.Origin> origin = environment.origin();
        var table = new Table("ENVIRONMENT", environment.name());
        table.row("state", environment.state());
        table.row("owner", environment.owner());
        table.row(
                "origin",
                origin.map(from -> from + ", taken " + Moment.ago(from.atMillis(), now))
                        .orElse("none: it is not a branch"));
        table.row("made", Moment.ago(environment.createdAtMillis(), now));
        String expiry = EnvironmentLs.expiry(life, now);
        table.row("expires", expiry.isEmpty() ? "never" : expiry);
        table.row(
                "sleeps",
                life.sleepAfterMillis() == 0
                        ? "never by itself"
                        : "when nobody has talked to it for " + Moment.length(life.sleepAfterMillis()));
        return table;
    }

    /// The oldest first.
    private Table checkpoints(Status.Environment environment) {
        var table = new Table("CHECKPOINT", "TAKEN", "STATE");
        environment.checkpoints().values().stream()
                .sorted(Comparator.comparingLong(Checkpoint::createdAtMillis))
                .forEach(checkpoint -> table.row(
                        checkpoint.name(),
                        Moment.ago(checkpoint.createdAtMillis(), shell.nowMillis()),
                        checkpoint.state().toString().toLowerCase(Locale.ROOT)));
        return table;
    }

    private static String following(Table table) {
        return table.isEmpty() ? "" : "\n" + table;
    }
}
