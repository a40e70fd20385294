package io.flocker.cli.command.user;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker whoami`: who the cluster takes the caller for.
@Command(name = "whoami", description = "Tell who the cluster takes you for, as what, and what is yours.")
public final class WhoAmI extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    public WhoAmI(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Answers.WhoAmI self = cluster.users().self();
        output.show(shell, self, () -> text(self));
        return ExitCode.DONE;
    }

    static String text(Answers.WhoAmI self) {
        return self.name() + " (" + self.role() + ")"
                + (self.environments().isEmpty() ? "" : ", owns " + String.join(", ", self.environments())) + "\n";
    }
}
