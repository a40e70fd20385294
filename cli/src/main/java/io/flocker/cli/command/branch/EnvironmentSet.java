package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env set`: changes single things of an environment's services.
@Command(
        name = "set",
        description = {
            "Give services of an environment other images, variables or numbers of instances.",
            "It is an upgrade: no request fails, and what does not become healthy goes back by itself, with its data."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env set alice web.image=shop/web:feature-x",
            "  flocker env set alice web.environment.RAILS_ENV=production web.replicas=2"
        })
public final class EnvironmentSet extends ClusterCommand {
    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(index = "0", paramLabel = "ENVIRONMENT", description = "The environment.")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "WHAT=VALUE",
            description = "SERVICE.image, SERVICE.environment.NAME or SERVICE.replicas, and what it is to be.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    public EnvironmentSet(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var request = new Requests.Set(TreePMap.from(overrides), timeoutSeconds);
        new Follower(cluster, shell).changed(cluster.set(name, request, change.dryRun()), change.detach());
        return ExitCode.DONE;
    }
}
