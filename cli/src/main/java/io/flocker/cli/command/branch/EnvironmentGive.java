package io.flocker.cli.command.branch;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env give`: makes an environment somebody else's.
@Command(
        name = "give",
        description = "Give an environment to another user, who may do everything to it from then on.",
        footer = {"", "For one: flocker env give staging alice"})
public final class EnvironmentGive extends ClusterCommand {
    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Parameters(index = "0", paramLabel = "ENVIRONMENT", description = "The environment.")
    private String environment = "";

    @Parameters(index = "1", paramLabel = "USER", description = "Whose it is to be.")
    private String owner = "";

    public EnvironmentGive(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        cluster.users().give(environment, owner, dryRun).changes().forEach(shell.out()::println);
        return ExitCode.DONE;
    }
}
