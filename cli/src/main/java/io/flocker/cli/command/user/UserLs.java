package io.flocker.cli.command.user;

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

/// `flocker user ls`: the users with their tokens.
@Command(
        name = "ls",
        description = "List users: their roles, tokens, and what is theirs. The tokens' secrets are not kept anywhere.")
public final class UserLs extends ClusterCommand {
    @Mixin
    private final ListOutput output = new ListOutput();

    public UserLs(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<Status.User> users = cluster.users().all();
        return output.show(shell, users, Status.User::name, () -> table(users));
    }

    /// A row for each token; a user without one has a row, too.
    private Table table(List<Status.User> users) {
        var table = new Table("USER", "ROLE", "TOKEN", "EXPIRES", "CREATED", "BY", "ENVIRONMENTS");
        for (Status.User user : users) {
            String environments = String.join(", ", user.environments());
            if (user.tokens().isEmpty()) {
                String created = Moment.ago(user.createdAtMillis(), shell.nowMillis());
                table.row(user.name(), user.role(), "", "", created, user.createdBy(), environments);
            }
            for (Status.UserToken token : user.tokens()) {
                long left = token.expiresAtMillis() - shell.nowMillis();
                table.row(
                        user.name(),
                        user.role(),
                        token.id(),
                        left > 0 ? "in " + Moment.length(left) : "expired",
                        Moment.ago(token.createdAtMillis(), shell.nowMillis()),
                        token.createdBy(),
                        environments);
            }
        }
        return table;
    }
}
