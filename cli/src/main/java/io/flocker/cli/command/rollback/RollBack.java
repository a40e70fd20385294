package io.flocker.cli.command.rollback;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.amount.Seconds;
import io.flocker.cli.follow.Follower;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.model.Snapshot;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker rollback`: brings data back to how it was.
@Command(
        name = "rollback",
        description = "Bring an environment, a service's volumes or a volume back to a checkpoint, a snapshot or a"
                + " moment. What is there now is kept as a snapshot, so that a rollback can be undone.",
        footer = {
            "",
            "Examples:",
            "  flocker rollback shop@before-upgrade       data and services, to a checkpoint",
            "  flocker rollback shop --to \"10m ago\"       all volumes, as they were",
            "  flocker rollback shop/db --to \"2026-01-31 12:00\"",
            "  flocker rollback shop/data --to 3.17       a volume, to a snapshot",
            "  flocker rollback web --release 3           a service, to an earlier release",
            "  flocker rollback web --release 3 --with-data   the same, with the data it had when it was upgraded"
        })
public final class RollBack extends ClusterCommand {
    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Option(
            names = "--to",
            paramLabel = "WHEN",
            description = "A checkpoint, a volume's snapshot (name or position), a time (2026-01-31T12:00) or an age"
                    + " (\"10m ago\").")
    private String to = "";

    @Option(
            names = "--as",
            paramLabel = "KIND",
            description = "service or volume: what ENVIRONMENT/NAME names, if there are both.")
    private String kind = "";

    @Option(
            names = "--release",
            paramLabel = "NUMBER",
            description = "A service's release, to be run again as a new one; its data stays (flocker history shows"
                    + " them).")
    private int release;

    @Option(
            names = "--with-data",
            description = "With --release: the service's volumes go back as well, to the checkpoint that the upgrade"
                    + " from that release took.")
    private boolean withData;

    @Option(names = "--data-only", description = "Leave the services' releases as they are.")
    private boolean dataOnly;

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    @Option(
            names = {"-d", "--detach"},
            description = "Do not follow the operation; print its id.")
    private boolean detach;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(
            arity = "0..1",
            paramLabel = "TARGET",
            description = "ENVIRONMENT, ENVIRONMENT@CHECKPOINT, ENVIRONMENT/SERVICE or ENVIRONMENT/VOLUME.")
    private String target = "";

    public RollBack(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (release != 0
                && (!to.isEmpty()
                        || dataOnly
                        || !RollBackTarget.parse(target).checkpoint().isEmpty())) {
            throw CommandException.usage("--release goes with a service only: flocker rollback web --release 3");
        }
        if (release == 0 && withData) {
            throw CommandException.usage(
                    "--with-data goes with --release only: flocker rollback web --release 3 --with-data");
        }
        if (release == 0
                && to.isEmpty() == RollBackTarget.parse(target).checkpoint().isEmpty()) {
            throw CommandException.usage(
                    "Say where to roll back to: either ENVIRONMENT@CHECKPOINT, or --to \"10m ago\", a time, a"
                            + " checkpoint or a snapshot");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        RollBackTarget parsed = RollBackTarget.parse(target);
        if (release != 0) {
            return toRelease(cluster, parsed);
        }
        String name = parsed.environment().isEmpty() ? environment.resolve(shell, cluster) : parsed.environment();
        var aim = RollBackAim.of(cluster.environment(name), parsed.member(), kind);
        Requests.RollBack request =
                parsed.checkpoint().isEmpty() ? byTo(cluster, aim) : aim.toCheckpoint(parsed.checkpoint());
        Answers.Change change = cluster.rollBack(name, settled(request), dryRun);
        new Follower(cluster, shell).changed(change, detach);
        if (!change.operation().isEmpty()) {
            tellWhatIsKept(cluster, aim.environment(), cluster.operation(change.operation(), 0));
        }
        return ExitCode.DONE;
    }

    /// A single word names a service here, as in other commands about releases.
    private int toRelease(Cluster cluster, RollBackTarget parsed) throws Exception {
        boolean both = !parsed.member().isEmpty();
        String service = both ? parsed.member() : parsed.environment();
        if (service.isEmpty()) {
            throw CommandException.usage("Of which service? flocker rollback SERVICE --release " + release);
        }
        String name = both ? parsed.environment() : environment.resolve(shell, cluster);
        var request = new Requests.ToRelease(TreePMap.singleton(service, release), withData, timeoutSeconds);
        Answers.Change change = cluster.toRelease(name, request, dryRun);
        new Follower(cluster, shell).changed(change, detach);
        if (withData && !change.operation().isEmpty()) {
            tellWhatIsKept(cluster, cluster.environment(name), cluster.operation(change.operation(), 0));
        }
        return ExitCode.DONE;
    }

    private Requests.RollBack byTo(Cluster cluster, RollBackAim aim) throws Exception {
        OptionalLong moment = Moment.parse(to, shell.nowMillis(), ZoneId.systemDefault());
        if (moment.isPresent()) {
            return aim.toMoment(moment.getAsLong());
        }
        Optional<String> volume = aim.volume();
        if (volume.isPresent()) {
            VolumeName of = new VolumeName(aim.environment().name(), volume.get());
            boolean snapshot = cluster.snapshots(of).stream()
                    .map(Status.VolumeSnapshot::snapshot)
                    .anyMatch(found ->
                            found.name().equals(to) || found.id().position().equals(to));
            if (snapshot || !aim.environment().checkpoints().containsKey(to)) {
                return aim.toSnapshot(volume.get(), to);
            }
        }
        return aim.toCheckpoint(to);
    }

    private Requests.RollBack settled(Requests.RollBack request) {
        return new Requests.RollBack(
                request.services(),
                request.volumes(),
                request.checkpoint(),
                request.atMillis(),
                request.snapshots(),
                dataOnly,
                timeoutSeconds);
    }

    private void tellWhatIsKept(Cluster cluster, Status.Environment environment, Status.Operation operation)
            throws Exception {
        for (Status.Volume volume : environment.volumes()) {
            var name = new VolumeName(volume.environment(), volume.name());
            cluster.snapshots(name).stream()
                    .map(Status.VolumeSnapshot::snapshot)
                    .filter(snapshot -> snapshot.origin() == Snapshot.Origin.BEFORE_ROLLBACK
                            && snapshot.requestedAtMillis() >= operation.startedAtMillis())
                    .forEach(snapshot -> shell.out()
                            .println("What was in " + name + " is kept; to undo: flocker rollback " + name + " --to "
                                    + snapshot.id().position()));
        }
    }
}
