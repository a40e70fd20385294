package io.flocker.cli.command.release;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.util.ArrayList;
import java.util.List;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker upgrade`: gives services their next release.
@Command(
        name = "upgrade",
        description = {
            "Give services another image, without a failed request.",
            "New instances serve before old ones stop. A service with data stops for a moment, while requests wait, and"
                    + " a checkpoint is taken first. If the new release does not become healthy, what was before comes"
                    + " back by itself, the data of the checkpoint too."
        },
        footer = {
            "",
            "Examples:",
            "  flocker upgrade web                     what web's image stands for in its registry now",
            "  flocker upgrade web --image shop/web:2  another image",
            "  flocker upgrade web --undo              the release before, as a new one",
            "  flocker upgrade web --replace           instead of the upgrade that is under way"
        })
public final class Upgrade extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(names = "--image", paramLabel = "IMAGE", description = "The new image (default: the same name).")
    private String image = "";

    @Option(
            names = "--undo",
            description = "Go back: end the upgrade that is under way, else run the release before again.")
    private boolean undo;

    @Option(
            names = "--replace",
            description = "If an upgrade is under way, end it first; what was before it comes back in between.")
    private boolean replace;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How long it may get no further, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(arity = "1..*", paramLabel = "SERVICE", description = "The services, upgraded as one.")
    private List<String> services = new ArrayList<>();

    public Upgrade(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (!image.isEmpty() && services.size() > 1) {
            throw CommandException.usage("--image is for one service; there are " + services.size());
        }
        if (!image.isEmpty() && undo) {
            throw CommandException.usage("--image and --undo exclude each other");
        }
        if (replace && undo) {
            throw CommandException.usage("--replace and --undo exclude each other");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        var follower = new Follower(cluster, shell);
        if ((undo || replace) && underWay(cluster, name)) {
            String operation = cluster.environment(name).operation();
            if (change.dryRun()) {
                shell.out().println("~ operation " + operation + " ends, and what was before comes back");
                return ExitCode.DONE;
            }
            cluster.cancel(operation);
            follower.followBack(operation);
            if (undo) {
                return ExitCode.DONE;
            }
        }
        follower.changed(undo ? back(cluster, name) : forth(cluster, name), change.detach());
        return ExitCode.DONE;
    }

    private static boolean underWay(Cluster cluster, String environment) throws Exception {
        String operation = cluster.environment(environment).operation();
        return !operation.isEmpty()
                && List.of(Status.Operation.DEPLOY, Status.Operation.BRANCH)
                        .contains(cluster.operation(operation, 0).verb());
    }

    private Answers.Change forth(Cluster cluster, String environment) throws Exception {
        TreePMap<String, String> images = TreePMap.empty();
        for (String service : services) {
            images = images.plus(service, image);
        }
        return cluster.upgrade(environment, new Requests.Upgrade(images, timeoutSeconds), change.dryRun());
    }

    private Answers.Change back(Cluster cluster, String environment) throws Exception {
        TreePMap<String, Integer> releases = TreePMap.empty();
        for (String service : services) {
            releases = releases.plus(service, 0);
        }
        return cluster.toRelease(environment, new Requests.ToRelease(releases, false, timeoutSeconds), change.dryRun());
    }
}
