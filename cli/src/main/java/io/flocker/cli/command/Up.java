package io.flocker.cli.command;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.build.BuildOptions;
import io.flocker.cli.build.Builder;
import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.ComposeFile;
import io.flocker.cli.compose.spec.ServiceBuild;
import io.flocker.cli.deployment.DeploymentFile;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker up`: makes an environment what the Compose files say.
@Command(
        name = "up",
        description = "Make an environment what the Compose files say: start, upgrade and remove services. Data stays.")
public final class Up extends ClusterCommand {
    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Option(names = "--detach", description = "Do not follow the operation; print its id.")
    private boolean detach;

    @Option(
            names = {"-d", "--deployment"},
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "FILE",
            description = "A deployment file: which node runs what. -d without a file is --detach.")
    private @Nullable Path deployment;

    @Mixin
    private final BuildOptions build = new BuildOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    private @Nullable ComposeFile file;

    public Up(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws ComposeException, CommandException {
        if (build.again() && build.never()) {
            throw CommandException.usage("--build and --no-build exclude each other");
        }
        ComposeFile read = compose.read(shell);
        boolean placed = deployment != null && !deployment.toString().isEmpty();
        detach |= deployment != null && !placed;
        file = placed ? DeploymentFile.apply(Objects.requireNonNull(deployment), shell.folder(), read) : read;
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        ComposeFile read = Objects.requireNonNull(file);
        build(cluster, read);
        var request = new Requests.Deploy(read.application(), timeoutSeconds);
        new Follower(cluster, shell).changed(cluster.deploy(read.projectName(), request, dryRun), detach);
        return ExitCode.DONE;
    }

    /// Makes the images, before anything else changes.
    private void build(Cluster cluster, ComposeFile read) throws CommandException, IOException, InterruptedException {
        var builder = new Builder(cluster, shell, read.projectName(), build.verbose());
        Map<String, ServiceBuild> due =
                build.never() ? builder.missing(read.builds()) : builder.due(read.builds(), build.again());
        if (dryRun) {
            Builder.tell(due, shell);
        } else if (build.never() && !due.isEmpty()) {
            throw CommandException.failed("The image of " + String.join(", ", due.keySet())
                    + " is not built yet, and --no-build forbids it; run flocker build");
        } else {
            builder.build(due);
        }
    }
}
