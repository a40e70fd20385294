package io.flocker.cli.command.user;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.core.access.AuditEntry;
import java.time.ZoneId;
import java.util.List;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `flocker audit`: who did what.
@Command(
        name = "audit",
        description = "Show who did what, and what was refused. What only reads is not in it.",
        footer = {"", "For one: flocker audit --environment production --since '2h ago'"})
public final class Audit extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(names = "--user", paramLabel = "NAME", defaultValue = "", description = "Only what this user did.")
    private String user = "";

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "ENVIRONMENT",
            defaultValue = "",
            description = "Only what was done to this environment.")
    private String environment = "";

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "",
            description = "Only from then on: '2h ago', or a date and time such as 2026-01-31T12:00.")
    private String since = "";

    public Audit(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        List<AuditEntry> entries = cluster.users().audit(user, environment, sinceMillis());
        output.show(shell, entries, () -> table(entries).toString());
        return ExitCode.DONE;
    }

    private long sinceMillis() throws CommandException {
        if (since.isEmpty()) {
            return 0;
        }
        OptionalLong moment = Moment.parse(since, shell.nowMillis(), ZoneId.systemDefault());
        return moment.orElseThrow(() -> CommandException.usage(
                "--since is a moment such as '2h ago' or 2026-01-31T12:00, not \"" + since + "\""));
    }

    private static Table table(List<AuditEntry> entries) {
        var table = new Table("WHEN", "USER", "ROLE", "FROM", "WHAT", "ENVIRONMENT", "RESULT");
        for (AuditEntry entry : entries) {
            String times = entry.times() > 1 ? " (" + entry.times() + " times)" : "";
            table.row(
                    Moment.iso(entry.atMillis()),
                    entry.user(),
                    entry.role(),
                    entry.from(),
                    entry.action(),
                    entry.environment(),
                    entry.refused().isEmpty() ? "done" : "refused" + times + ": " + entry.refused());
        }
        return table;
    }
}
