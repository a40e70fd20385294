package io.flocker.cli.command.user;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker quota set`: says how much somebody may have.
@Command(
        name = "set",
        description = "Say how much the environments of a user may have together, or one environment. What is not named"
                + " stays as it is.",
        footer = {"", "For one: flocker quota set alice --environments 3 --memory 8G --data 20G"})
public final class QuotaSet extends ClusterCommand {
    @Parameters(arity = "0..1", paramLabel = "USER", description = "Whose environments.")
    private String user = "";

    @Option(
            names = {"-e", "--environment"},
            paramLabel = "ENVIRONMENT",
            defaultValue = "",
            description = "This environment alone, whoever owns it.")
    private String environment = "";

    @Option(names = "--environments", paramLabel = "COUNT", description = "How many environments; 0 for no limit.")
    private @Nullable Long environments;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "What all instances may set aside together, such as 8G; none for no limit.")
    private @Nullable Long memory;

    @Option(
            names = "--data",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "From how much data that is shared with nothing else nothing new may be made; none for no"
                    + " limit.")
    private @Nullable Long data;

    public QuotaSet(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (user.isEmpty() == environment.isEmpty()) {
            throw CommandException.usage("Say either a user or --environment ENVIRONMENT");
        }
        if (environments == null && memory == null && data == null) {
            throw CommandException.usage("Say what is limited: --environments, --memory or --data");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var request = new Requests.SetQuota(said(environments), said(memory), said(data));
        Status.Quota quota = cluster.users().setQuota(user, environment, request);
        shell.out().print(QuotaLs.table(List.of(quota)));
        return ExitCode.DONE;
    }

    private static OptionalLong said(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
