package io.flocker.cli.command.job;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.follow.Interruption;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.client.ApiException;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `flocker run`: runs a job once.
@Command(
        name = "run",
        description = {
            "Run a job once: a service with x-flocker: {job: true}. It has the environment's volumes and names.",
            "What it prints is printed, and its exit status is this command's."
        },
        footer = {
            "",
            "Examples:",
            "  flocker run import",
            "  flocker run staging import -- --only products",
            "  flocker run staging/import --env DATE=2026-01-31 --timeout 2h",
            "  flocker run staging import --detach; flocker job ls"
        })
public final class JobRun extends ClusterCommand {
    private static final int WAIT_SECONDS = 10;
    private static final int UNAVAILABLE = 503;

    /// For how long the cluster may be out of reach, such as while it chooses a leader.
    private static final long PATIENCE_MILLIS = 60_000;

    private static final long RETRY_MILLIS = 500;

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Mixin
    private final Output output = new Output();

    @Option(
            names = "--env",
            paramLabel = "NAME[=VALUE]",
            description = "A further environment variable; without a value, with the one it has here.")
    private List<String> variables = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to stop it, such as 30m (default: as the job says, else 6h).")
    private long timeoutSeconds;

    @Parameters(
            arity = "1..*",
            paramLabel = "WORD",
            description =
                    "SERVICE, ENVIRONMENT/SERVICE or ENVIRONMENT SERVICE; after --, the command it runs instead of"
                            + " its own.")
    private List<String> words = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    private volatile boolean interrupted;

    public JobRun(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        target();
        variables();
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        RunTarget target = target();
        String name = target.environment().isEmpty() ? environment.resolve(shell, cluster) : target.environment();
        Answers.Change run = cluster.run(
                name,
                target.service(),
                new Requests.Run(target.command(), variables(), timeoutSeconds),
                change.dryRun());
        if (change.dryRun() || change.detach()) {
            output.show(shell, run, () -> told(run));
            return ExitCode.DONE;
        }
        return follow(cluster, run.operation());
    }

    private static String told(Answers.Change run) {
        var told = new StringBuilder();
        run.changes().forEach(line -> told.append(line).append('\n'));
        return run.operation().isEmpty()
                ? told.toString()
                : told.append("Run " + run.operation() + "\n").toString();
    }

    private RunTarget target() throws CommandException {
        List<String> original =
                spec == null ? words : spec.commandLine().getParseResult().originalArgs();
        return RunTarget.parse(words, original);
    }

    private TreePMap<String, String> variables() throws CommandException {
        TreePMap<String, String> read = TreePMap.empty();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            if (name.isEmpty()) {
                throw CommandException.usage("--env is NAME=VALUE, not \"" + variable + "\"");
            }
            read = read.plus(name, equals < 0 ? shell.variable(name) : variable.substring(equals + 1));
        }
        return read;
    }

    /// With everything it prints, to its end; interrupting that does not interrupt the run.
    private int follow(Cluster cluster, String id) throws CommandException, IOException, InterruptedException {
        var interruption = new Interruption(cluster::cancel, shell, id);
        var onInterrupt = new Thread(() -> {
            interrupted = true;
            interruption.settle();
        });
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        Status.Run ended;
        try {
            ended = toEnd(cluster, id);
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
        if (output.isTable()) {
            shell.flush();
        } else {
            output.show(shell, ended, () -> "");
        }
        if (ended.endedByItself()) {
            return ended.exitCode().orElse(ExitCode.FAILED);
        }
        throw CommandException.failed("Run " + id + " of " + ended.environment() + "/" + ended.service() + " "
                + ended.state() + ": " + ended.error());
    }

    private Status.Run toEnd(Cluster cluster, String id) throws IOException, InterruptedException {
        var log = new RunLog(shell);
        long answered = shell.nowMillis();
        boolean read = !output.isTable();
        while (true) {
            try {
                Status.Run run = cluster.run(id, WAIT_SECONDS);
                if (!read && run.startedAtMillis() > 0) {
                    read = print(cluster, log, run);
                } else if (!run.goesOn()) {
                    return run;
                }
                answered = shell.nowMillis();
            } catch (IOException e) {
                boolean lasting =
                        e instanceof ApiException refused && refused.problem().status() != UNAVAILABLE;
                if (lasting || shell.nowMillis() - answered > PATIENCE_MILLIS) {
                    throw e;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    /// Whether it was printed to its end. One whose container has gone meanwhile has nothing more to print.
    private static boolean print(Cluster cluster, RunLog log, Status.Run run) throws IOException, InterruptedException {
        try (InputStream in =
                cluster.client().stream("GET", "/v2/runs/" + Cluster.encode(run.id()) + "/log?follow=true")) {
            log.print(in);
            return true;
        } catch (ApiException e) {
            if (run.goesOn()) {
                throw e;
            }
            return true;
        }
    }
}
