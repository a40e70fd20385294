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
import io.flocker.client.api.Requests;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker scale`: runs more or fewer instances.
@Command(
        name = "scale",
        description = "Run more or fewer instances of services. Those that go first finish what they are busy with.",
        footer = {"", "Example: flocker scale web=8 worker=2"})
public final class Scale extends ClusterCommand {
    private static final Pattern FORM = Pattern.compile("([^=]+)=([0-9]{1,6})");

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(arity = "1..*", paramLabel = "SERVICE=NUMBER", description = "How many instances of which service.")
    private List<String> wishes = new ArrayList<>();

    private TreePMap<String, Integer> scale = TreePMap.empty();

    public Scale(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        for (String wish : wishes) {
            Matcher matcher = FORM.matcher(wish);
            if (!matcher.matches()) {
                throw CommandException.usage("A scale is SERVICE=NUMBER, such as web=8, not \"" + wish + "\"");
            }
            scale = scale.plus(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        String name = environment.resolve(shell, cluster);
        var request = new Requests.Scale(scale, timeoutSeconds);
        new Follower(cluster, shell).changed(cluster.scale(name, request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
