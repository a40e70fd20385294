package io.flocker.cli.command.token;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ListOutput;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `flocker token ls`: the join tokens.
@Command(name = "ls", description = "List join tokens. Their secrets are not kept anywhere.")
public final class TokenLs extends ClusterCommand {
    @Mixin
    private final ListOutput output = new ListOutput();

    public TokenLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.Token> tokens = cluster.tokens();
        return output.show(shell, tokens, Status.Token::id, () -> table(tokens));
    }

    private Table table(List<Status.Token> tokens) {
        var table = new Table("TOKEN", "USES LEFT", "EXPIRES", "CREATED", "BY");
        for (Status.Token token : tokens) {
            long left = token.expiresAtMillis() - shell.nowMillis();
            table.row(
                    token.id(),
                    token.usesLeft(),
                    left > 0 ? "in " + Moment.length(left) : "expired",
                    Moment.ago(token.createdAtMillis(), shell.nowMillis()),
                    token.createdBy());
        }
        return table;
    }
}
