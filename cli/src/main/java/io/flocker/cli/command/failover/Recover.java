package io.flocker.cli.command.failover;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Consent;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flocker recover`: goes on without a majority of voters that is lost.
@Command(
        name = "recover",
        description = {
            "Make a new cluster of this node alone, from what its log has, when the majority of voters is lost for good."
                    + " Run it on one voter that is left: the one with the most entries (--dry-run tells how many).",
            "What the lost voters alone had decided is gone. When they are back they follow the new cluster by themselves;"
                    + " whoever still runs over there and cannot be heard may write until then, so cut it off first.",
            "Services whose data was over there fail over afterwards: flocker failover --datacenter A --to B --accept-loss."
        },
        footer = {"", "Example: flocker recover --force-new-cluster"})
public final class Recover extends ClusterCommand {
    @Option(names = "--force-new-cluster", description = "That this is what you want: nothing else is there to choose.")
    private boolean force;

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    public Recover(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (!force) {
            throw CommandException.usage("Say --force-new-cluster: it makes a cluster of this node alone");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Answers.Recovered would = cluster.recover(true);
        String plan = "A new cluster of " + would.node() + " alone, from the " + would.entries()
                + " entries of its log; given up: " + String.join(", ", would.lost());
        if (dryRun) {
            shell.out().println(plan);
            return ExitCode.DONE;
        }
        String warning = plan + ". If " + (would.lost().size() == 1 ? "it" : "one of them")
                + " still runs somewhere, cut it off first";
        if (!yes && !Consent.to(warning, shell)) {
            throw CommandException.failed(warning + "; nothing was done. To go on with that: --yes");
        }
        Answers.Recovered done = cluster.recover(false);
        shell.out()
                .println("Done: a cluster of " + done.node() + " alone, with " + done.entries() + " entries. "
                        + String.join(", ", done.lost()) + " follow it when they are back.");
        shell.out()
                .println("flocker failover --datacenter A --to B --accept-loss brings up what was over there;"
                        + " flocker node demote takes a voter out that stays away.");
        return ExitCode.DONE;
    }
}
