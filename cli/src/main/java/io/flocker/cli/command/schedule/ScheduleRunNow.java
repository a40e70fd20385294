package io.flocker.cli.command.schedule;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Status;
import io.flocker.core.model.ScheduleRun;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker schedule run`: runs one now.
@Command(
        name = "run",
        description = "Run a schedule now, and wait until it has ended: exits 0 when it ended well, 1 when it failed.")
public final class ScheduleRunNow extends ClusterCommand {
    private static final int WAIT_SECONDS = 10;

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Mixin
    private final Output output = new Output();

    @Option(
            names = {"-d", "--detach"},
            description = "Do not wait for its end; print its number.")
    private boolean detach;

    @Parameters(paramLabel = "SCHEDULE", description = "The schedule: NAME or ENVIRONMENT/NAME.")
    private String name = "";

    public ScheduleRunNow(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        VolumeName which = environment.volume(name, shell, cluster);
        Status.Schedule schedule = cluster.runSchedule(which.environment(), which.volume());
        ScheduleRun begun = schedule.runs().getFirst();
        if (detach) {
            output.show(shell, begun, () -> "Run " + begun.number() + "\n");
            return ExitCode.DONE;
        }
        ScheduleRun ended = begun;
        while (ended.running()) {
            ended = find(cluster.schedule(which.environment(), which.volume(), begun.number(), WAIT_SECONDS), begun)
                    .orElseThrow(() -> CommandException.failed(
                            "Run " + begun.number() + " is not remembered any more: too many have followed it"));
        }
        ScheduleRun shown = ended;
        output.show(shell, shown, () -> RunText.of(List.of(shown), false, shell.nowMillis()));
        return ended.state() == ScheduleRun.State.DONE ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Optional<ScheduleRun> find(Status.Schedule schedule, ScheduleRun begun) {
        return schedule.runs().stream()
                .filter(run -> run.number() == begun.number())
                .findFirst();
    }
}
