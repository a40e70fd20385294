package io.flocker.cli.command.stream;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.compose.unit.Durations;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker logs`: what instances print.
@Command(name = "logs", description = "Show what the instances of services print.")
public final class Logs extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what they print from now on; new instances are joined in.")
    private boolean follow;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "LINES",
            description = "How many of each instance's last lines (default: all).")
    private int tail = -1;

    @Option(
            names = "--since",
            paramLabel = "WHEN",
            description = "Not before this time (2026-01-31T12:00) or age (10m).")
    private String since = "";

    @Option(
            names = {"-t", "--timestamps"},
            description = "Begin lines with their time.")
    private boolean timestamps;

    @Option(names = "--no-log-prefix", description = "Do not begin lines with the instance's name.")
    private boolean noPrefix;

    @Parameters(
            arity = "0..*",
            paramLabel = "SERVICE",
            description = "Services, or single instances such as web.2 (default: all).")
    private List<String> services = new ArrayList<>();

    public Logs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        check(cluster.environment(name));
        var reader = new LogReader(cluster, shell, new LogReader.Range(name, query(), follow, !noPrefix));
        reader.read(this::wanted);
        return ExitCode.DONE;
    }

    private boolean wanted(Status.Service service, Status.Instance instance) {
        return services.isEmpty() || services.contains(service.name()) || services.contains(instance.name());
    }

    /// A misspelt service would otherwise have no log and no explanation.
    private void check(Status.Environment found) throws CommandException {
        for (String service : services) {
            boolean known = found.services().stream()
                    .anyMatch(each -> each.name().equals(service)
                            || each.instances().stream()
                                    .anyMatch(instance -> instance.name().equals(service)));
            if (!known) {
                throw CommandException.usage("Environment " + found.name() + " has no service " + service + "; it has "
                        + found.services().stream().map(Status.Service::name).collect(Collectors.joining(", ")));
            }
        }
    }

    private String query() throws CommandException {
        var query = new StringBuilder("follow=")
                .append(follow)
                .append("&timestamps=")
                .append(timestamps);
        if (tail >= 0) {
            query.append("&tail=").append(tail);
        }
        if (!since.isEmpty()) {
            query.append("&since=").append(sinceMillis() / 1_000);
        }
        return query.toString();
    }

    private long sinceMillis() throws CommandException {
        OptionalLong age = Durations.millis(since);
        if (age.isPresent()) {
            return shell.nowMillis() - age.getAsLong();
        }
        return Moment.parse(since, shell.nowMillis(), ZoneId.systemDefault())
                .orElseThrow(() -> CommandException.usage(
                        "--since is a time (2026-01-31T12:00) or an age (10m), not \"" + since + "\""));
    }
}
