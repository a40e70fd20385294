package io.flocker.cli.command;

import io.flocker.cli.build.Builder;
import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.compose.spec.ServiceBuild;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker build`: builds images and changes nothing else.
@Command(
        name = "build",
        description = "Build the images of services, those that are not there yet. Changes nothing else.")
public final class Build extends ClusterCommand {
    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Option(names = "--no-cache", description = "Build again, every step.")
    private boolean noCache;

    @Option(names = "--pull", description = "Build again, on the newest base images.")
    private boolean pull;

    @Option(names = "--verbose", description = "Show what builds print, also without a terminal.")
    private boolean verbose;

    @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "The services (default: all).")
    private List<String> services = new ArrayList<>();

    private String environment = "";
    private final Map<String, ServiceBuild> builds = new LinkedHashMap<>();

    public Build(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws Exception {
        ComposeFile file = compose.read(shell);
        environment = file.projectName();
        for (String service : services) {
            if (!file.application().services().containsKey(service)) {
                throw CommandException.usage("There is no service \"" + service + "\""
                        + Nearest.hint(service, file.application().services().keySet()));
            }
        }
        file.builds().forEach((service, build) -> {
            if (services.isEmpty() || services.contains(service)) {
                builds.put(service, build.with(pull, noCache));
            }
        });
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var builder = new Builder(cluster, shell, environment, verbose);
        Map<String, ServiceBuild> due = builder.due(builds, pull || noCache);
        if (due.isEmpty()) {
            shell.out().println("Nothing to build");
        }
        builder.build(due);
        return ExitCode.DONE;
    }
}
