package io.flocker.cli.command.stream;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.Shell;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `flocker exec`: runs a command in an instance.
@Command(
        name = "exec",
        description = "Run a command in an instance. Exits as the command does.",
        footer = {
            "",
            "Examples:",
            "  flocker exec -it web sh",
            "  flocker exec shop/web.2 ls -l /var/www",
            "  flocker exec shop db -- psql -c \"select 1\""
        })
public final class Exec extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(
            names = {"-i", "--interactive"},
            description = "Give the command this standard input.")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Give the command a terminal.")
    private boolean tty;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who runs it, in the container (default: as the image says).")
    private String user = "";

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "DIR",
            description = "Where it runs (default: as the image says).")
    private String workingDir = "";

    @Parameters(
            arity = "1..*",
            paramLabel = "WORD",
            description = "SERVICE COMMAND..., ENVIRONMENT/SERVICE COMMAND... or ENVIRONMENT SERVICE -- COMMAND...;"
                    + " SERVICE.2 is its second instance.")
    private List<String> words = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    public Exec(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        target();
        if (tty && !shell.streams().terminal()) {
            throw CommandException.usage("-t needs a terminal, which this is not; leave it out");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        ExecTarget target = target();
        String name = target.environment().isEmpty() ? environment.resolve(shell, cluster) : target.environment();
        String instance = Cluster.path(name) + "/instances/" + Cluster.encode(target.instance());
        var session = new ExecSession(cluster.client(), shell, instance);
        return session.run(new ExecSession.Prepare(target.command(), tty, interactive, user, workingDir));
    }

    private ExecTarget target() throws CommandException {
        List<String> original =
                spec == null ? words : spec.commandLine().getParseResult().originalArgs();
        return ExecTarget.parse(words, original, environment.given().isPresent());
    }
}
