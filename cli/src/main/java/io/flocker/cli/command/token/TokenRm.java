package io.flocker.cli.command.token;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `flocker token rm`: revokes tokens.
@Command(name = "rm", aliases = "revoke", description = "Revoke join tokens. Nodes that joined with them stay.")
public final class TokenRm extends ClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "TOKEN", description = "A token's id, as flocker token ls shows it.")
    private List<String> tokens = new ArrayList<>();

    public TokenRm(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        for (String token : tokens) {
            cluster.deleteToken(token);
            shell.out().println(token);
            shell.flush();
        }
        return ExitCode.DONE;
    }
}
