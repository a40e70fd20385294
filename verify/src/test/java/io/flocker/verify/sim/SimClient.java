package io.flocker.verify.sim;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.JobSpec;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.SnapshotPolicy;
import io.flocker.core.spec.StepSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pcollections.TreePMap;

/// Users who do anything at any time: their requests are random, mostly sensible.
final class SimClient {
    private static final long PATIENCE_MILLIS = 60_000;

    /// The name of the one branch.
    private static final String BRANCH = "branch";

    private final Timeline time;
    private int numbers;

    SimClient(Timeline time) {
        this.time = time;
    }

    Command next(ClusterState state) {
        boolean ofBranch = state.environments().containsKey(BRANCH) && time.chance(0.3);
        String environment = ofBranch ? BRANCH : "env" + time.between(1, 2);
        String operation = "op" + numbers++;
        long now = time.clock();
        Optional<Volume> volume = any(List.copyOf(state.volumes().values()));
        Optional<Snapshot> snapshot =
                volume.flatMap(found -> any(List.copyOf(found.snapshots().values())));
        return switch (time.between(0, 29)) {
            case 0, 1, 2, 3 ->
                new Command.Deploy(
                        "sim",
                        now,
                        operation,
                        now + PATIENCE_MILLIS,
                        environment,
                        application(),
                        TreePMap.empty(),
                        OptionalLong.empty());
            case 4 -> new Command.Remove("sim", now, operation, now + PATIENCE_MILLIS, environment, time.chance(0.5));
            case 5, 19, 23 -> new Command.Restart("sim", now, operation, now + PATIENCE_MILLIS, environment, List.of());
            case 6 -> new Command.CreateCheckpoint("sim", now, environment, "check" + numbers, false);
            case 7, 20, 24 -> rollBack(state, environment, operation, now);
            case 8 ->
                new Command.TakeSnapshot("sim", now, volume.map(Volume::id).orElse("none"), "");
            case 9 ->
                new Command.DeleteSnapshot(
                        "sim", now, snapshot.map(Snapshot::id).orElse(new SnapshotId("none", 1, 1)));
            case 10 ->
                new Command.CreateVolume(
                        "sim",
                        now,
                        "clone" + numbers,
                        environment,
                        "clone" + numbers,
                        VolumeSpec.PLAIN,
                        snapshot.map(Snapshot::id),
                        "");
            case 11, 12 -> {
                String service = time.chance(0.7) ? "db" : "web";
                yield new Command.Move(
                        "sim", now, operation, now + PATIENCE_MILLIS, environment, service, "", "", node());
            }
            case 13 ->
                new Command.SetAvailability(
                        "sim", now, node(), time.chance(0.5) ? Node.Availability.DRAINED : Node.Availability.ACTIVE);
            case 14, 15, 16, 25 -> branch(state, operation, now);
            case 17 -> new Command.Pause("sim", now, running(state));
            case 18 -> new Command.Resume("sim", now, running(state));
            case 21, 22 ->
                time.chance(0.7)
                        ? new Command.Sleep("sim", now, environment, "")
                        : new Command.Wake("sim", now, operation, now + PATIENCE_MILLIS, environment, "");
            case 26 -> new Command.RunSchedule("sim", now, environment, "tick");
            case 27 ->
                new Command.Run(
                        "sim", now, operation, now + PATIENCE_MILLIS, environment, "load", List.of(), TreePMap.empty());
            default ->
                any(List.copyOf(state.operations().keySet()))
                        .<Command>map(id -> new Command.Cancel("sim", now, id))
                        .orElse(new Command.DeleteVolume(
                                "sim", now, volume.map(Volume::id).orElse("none")));
        };
    }

    private String running(ClusterState state) {
        return any(state.operations().values().stream()
                        .filter(Operation::running)
                        .map(Operation::id)
                        .toList())
                .orElse("none");
    }

    /// Takes a checkpoint, makes a branch of one, or if there is a branch already, refreshes it.
    private Command branch(ClusterState state, String operation, long now) {
        Optional<Environment> known = any(state.environments().values().stream()
                .filter(environment -> !environment.name().equals(BRANCH))
                .toList());
        String origin = known.map(Environment::name).orElse("none");
        Optional<String> complete = known.flatMap(environment -> any(environment.checkpoints().values().stream()
                .filter(checkpoint -> checkpoint.state() == Checkpoint.State.COMPLETE)
                .map(Checkpoint::name)
                .toList()));
        if (complete.isEmpty() || time.chance(0.2)) {
            return new Command.CreateCheckpoint("sim", now, origin, "check" + numbers, false);
        }
        if (state.environments().containsKey(BRANCH)) {
            return new Command.Refresh("sim", now, operation, now + PATIENCE_MILLIS, BRANCH, "");
        }
        return new Command.Branch(
                "sim",
                now,
                operation,
                now + PATIENCE_MILLIS,
                origin,
                complete.get(),
                BRANCH,
                time.chance(0.5) ? TreePMap.empty() : TreePMap.singleton("db.image", "db:3"),
                "",
                false,
                false,
                false,
                0,
                0,
                any(List.copyOf(state.nodes().keySet()))
                        .filter(_ -> time.chance(0.4))
                        .orElse(""));
    }

    private Command rollBack(ClusterState state, String environment, String operation, long now) {
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        Optional<Environment> found = state.environment(environment);
        Optional<Checkpoint> checkpoint = found.flatMap(
                        known -> any(List.copyOf(known.checkpoints().values())))
                .filter(_ -> time.chance(0.5));
        if (checkpoint.isPresent()) {
            for (SnapshotId id : checkpoint.get().volumes().values()) {
                targets = targets.plus(id.volume(), id);
            }
        } else if (found.isPresent()) {
            for (String id : found.get().volumes().values()) {
                Optional<Snapshot> target = state.volume(id)
                        .flatMap(volume -> any(List.copyOf(volume.snapshots().values())));
                if (target.isPresent()) {
                    targets = targets.plus(id, target.get().id());
                }
            }
        }
        return new Command.RollBack(
                "sim",
                now,
                operation,
                now + PATIENCE_MILLIS,
                environment,
                targets,
                checkpoint.map(Checkpoint::application),
                TreePMap.empty());
    }

    /// Services of one instance each, by image; `db` has two volumes.
    static ApplicationSpec application(String... images) {
        TreePMap<String, ServiceSpec> services = TreePMap.empty();
        for (String image : images) {
            String name = image.substring(0, image.indexOf(':'));
            services = services.plus(
                    name, service(name, image, ServiceSpec.Pull.MISSING, Resources.UNLIMITED, TreePMap.empty()));
        }
        return new ApplicationSpec(
                services,
                TreePMap.singleton("db-data", VolumeSpec.PLAIN).plus("db-log", VolumeSpec.PLAIN),
                TreePMap.empty());
    }

    private ApplicationSpec application() {
        TreePMap<String, ServiceSpec> services = TreePMap.empty();
        if (time.chance(0.9)) {
            services = services.plus("db", service("db", TreePMap.empty()));
        }
        if (time.chance(0.8)) {
            services = services.plus("web", service("web", needs(services)));
        }
        if (time.chance(0.7)) {
            services = services.plus("load", service("db", needs(services)).asJob(JobSpec.PLAIN));
        }
        return new ApplicationSpec(
                services,
                TreePMap.singleton(
                                "db-data",
                                time.chance(0.3)
                                        ? new VolumeSpec(
                                                0, Optional.of(new SnapshotPolicy(5, 1, 1, 1)), "", TreePMap.empty())
                                        : VolumeSpec.PLAIN)
                        .plus("db-log", VolumeSpec.PLAIN),
                TreePMap.empty(),
                TreePMap.singleton("tick", schedule()));
    }

    private ScheduleSpec schedule() {
        StepSpec load = new StepSpec.Run("load", List.of());
        StepSpec fresh = new StepSpec.Checkpoint("fresh");
        return new ScheduleSpec(
                "* * * * *",
                "UTC",
                time.chance(0.3)
                        ? List.of(load, fresh, new StepSpec.Refresh(List.of(BRANCH)))
                        : time.chance(0.5) ? List.of(load, fresh) : List.of(fresh),
                time.chance(0.5) ? ScheduleSpec.Overlap.SKIP : ScheduleSpec.Overlap.QUEUE,
                "");
    }

    private static TreePMap<String, ServiceSpec.Condition> needs(TreePMap<String, ServiceSpec> services) {
        return services.containsKey("db") ? TreePMap.singleton("db", ServiceSpec.Condition.HEALTHY) : TreePMap.empty();
    }

    private ServiceSpec service(String name, TreePMap<String, ServiceSpec.Condition> needs) {
        boolean data = name.equals("db");
        ServiceSpec one = service(
                name,
                name + ":" + time.between(1, 3),
                time.chance(0.2) ? ServiceSpec.Pull.ALWAYS : ServiceSpec.Pull.MISSING,
                time.chance(0.5) ? Resources.UNLIMITED : new Resources(0, 0, 1L << 30, 500, 0),
                needs);
        if (data) {
            return one;
        }
        return time.chance(0.3)
                ? one.with(1, PlacementSpec.ANYWHERE, upgrade()).following(autoscale())
                : one.with(time.between(0, 3), placement(), upgrade());
    }

    private Autoscale autoscale() {
        int min = time.between(1, 2);
        return new Autoscale(min, min + time.between(0, 3), OptionalInt.of(200), OptionalInt.empty(), 5_000);
    }

    private UpgradeSpec upgrade() {
        return switch (time.between(0, 3)) {
            case 0 -> UpgradeSpec.DEFAULT.by(new Strategy.BlueGreen());
            case 1 -> UpgradeSpec.DEFAULT.by(new Strategy.Canary(time.between(1, 99), time.between(1_000, 8_000)));
            default -> UpgradeSpec.DEFAULT;
        };
    }

    private static ServiceSpec service(
            String name,
            String image,
            ServiceSpec.Pull pull,
            Resources resources,
            TreePMap<String, ServiceSpec.Condition> needs) {
        return name.equals("db")
                ? service(5432, image, pull, resources, List.of("db-data", "db-log"), needs)
                : service(80, image, pull, resources, List.of(), needs);
    }

    /// A service that writes these volumes.
    static ServiceSpec writing(String image, List<String> volumes) {
        return service(80, image, ServiceSpec.Pull.MISSING, Resources.UNLIMITED, volumes, TreePMap.empty());
    }

    private static ServiceSpec service(
            int port,
            String image,
            ServiceSpec.Pull pull,
            Resources resources,
            List<String> volumes,
            TreePMap<String, ServiceSpec.Condition> needs) {
        return new ServiceSpec(
                image,
                pull,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                resources,
                List.of(),
                List.of(port),
                List.of(),
                volumes.stream()
                        .<Mount>map(volume -> new Mount.Volume(volume, "/" + volume, false))
                        .toList(),
                needs,
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    private PlacementSpec placement() {
        return switch (time.between(0, 7)) {
            case 0 -> PlacementSpec.ANYWHERE.everywhere();
            case 1 -> PlacementSpec.ANYWHERE.onEveryCore();
            case 2 -> new PlacementSpec(List.of(), List.of(), 1, TreePMap.empty(), false, false);
            case 3 ->
                PlacementSpec.ANYWHERE.pinned(
                        TreePMap.<String, Integer>singleton("n9", 1).plus(node(), 2));
            default -> PlacementSpec.ANYWHERE;
        };
    }

    private <T> Optional<T> any(List<T> choices) {
        return choices.isEmpty() ? Optional.empty() : Optional.of(choices.get(time.between(0, choices.size() - 1)));
    }

    private String node() {
        return "n" + time.between(1, 3);
    }
}
