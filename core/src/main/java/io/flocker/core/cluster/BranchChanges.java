package io.flocker.core.cluster;

import io.flocker.core.branch.Doors;
import io.flocker.core.branch.ServiceOverride;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Head;
import io.flocker.core.model.Life;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Origin;
import io.flocker.core.model.Release;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Loans;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// Branches: environments made from a checkpoint of another one. Volumes are cloned where their data is, or where it is
/// lent to. Before anything of a branch runs, a checkpoint of its own is taken, so that it needs nothing of its origin
/// any more: both can go in any order.
final class BranchChanges {
    private BranchChanges() {}

    static Outcome branch(ClusterState state, Command.Branch command) {
        Environment from = state.environments().get(command.origin());
        if (from == null) {
            return EnvironmentChanges.missing(state, command.origin());
        }
        if (state.environments().containsKey(command.environment())) {
            return conflict("There is an environment " + command.environment() + " already; choose another name, or"
                    + " remove it first");
        }
        Checkpoint checkpoint = from.checkpoints().get(command.checkpoint());
        Optional<Outcome.Refused> refused = Names.valid(command.environment())
                ? refuseCheckpoint(state, from, command.checkpoint(), checkpoint)
                : Optional.of(Names.refuse("an environment", command.environment()));
        if (refused.isPresent() || checkpoint == null) {
            return refused.orElseThrow();
        }
        refused = refuseShared(from, checkpoint.application(), command.secrets(), command.folders())
                .or(() -> refusePorts(from, checkpoint.application(), command.refusePorts()));
        if (refused.isPresent()) {
            return refused.get();
        }
        try {
            return branch(state, command, from, checkpoint);
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused(Outcome.Reason.INVALID, String.valueOf(e.getMessage()));
        }
    }

    private static Outcome branch(ClusterState state, Command.Branch command, Environment from, Checkpoint checkpoint) {
        Doors doors = new Doors(
                        command.template().isEmpty() ? Doors.BY_ENVIRONMENT : command.template(), TreePMap.empty())
                .given(checkpoint.application(), published(state));
        ApplicationSpec base = doors.through(checkpoint.application().unreplicated(), command.environment());
        // The origin's schedules are the origin's.
        ApplicationSpec application =
                ServiceOverride.all(base, command.overrides()).withSchedules(TreePMap.empty());
        var origin = new Origin(
                from.name(),
                checkpoint.name(),
                checkpoint.createdAtMillis(),
                base.services(),
                doors,
                command.secrets(),
                command.folders(),
                command.refusePorts());
        Environment branch = Environment.named(command.environment(), command.by(), command.atMillis())
                .with(origin)
                .with(Life.USUAL.sleepingAfter(command.sleepAfterMillis()).expiringAt(command.expiresAtMillis()));
        Optional<Outcome.Refused> elsewhere =
                command.node().isEmpty() ? Optional.empty() : refuseNode(state, application, command.node());
        if (elsewhere.isPresent()) {
            return elsewhere.get();
        }
        ClusterState cloned =
                cloned(state, branch, checkpoint.volumes(), command.operation(), command.node(), command.atMillis());
        Outcome deployed = EnvironmentChanges.deploy(
                cloned,
                new Command.Deploy(
                        command.by(),
                        command.atMillis(),
                        command.operation(),
                        command.deadlineMillis(),
                        command.environment(),
                        application,
                        digests(from, checkpoint, application),
                        OptionalLong.empty()));
        if (!(deployed instanceof Outcome.Accepted accepted)) {
            return deployed;
        }
        Environment made = accepted.state().environment(branch.name()).orElse(branch);
        return new Outcome.Accepted(begun(accepted.state(), made, application, command.atMillis())
                .telling(
                        command.atMillis(),
                        branch.name(),
                        branch.name(),
                        "Branched from " + from.name() + "@" + checkpoint.name() + " by " + command.by()));
    }

    static Outcome refresh(ClusterState state, Command.Refresh command) {
        Environment branch = state.environments().get(command.environment());
        if (branch == null) {
            return EnvironmentChanges.missing(state, command.environment());
        }
        Origin origin = branch.origin().orElse(null);
        if (origin == null) {
            return conflict(
                    "Environment " + branch.name() + " is not a branch, so there is nothing to refresh it from");
        }
        Environment from = state.environments().get(origin.environment());
        if (from == null) {
            return conflict("Environment " + origin.environment() + ", of which " + branch.name() + " is a branch, is"
                    + " gone; flocker env reset " + branch.name() + " brings back what it was made from");
        }
        String name = command.checkpoint().isEmpty()
                ? newest(from).map(Checkpoint::name).orElse("")
                : command.checkpoint();
        Checkpoint checkpoint = from.checkpoints().get(name);
        Optional<Outcome.Refused> refused = EnvironmentChanges.busy(state, branch.name(), "refresh")
                .or(() -> refuseCheckpoint(state, from, name, checkpoint));
        if (refused.isPresent() || checkpoint == null) {
            return refused.orElseThrow();
        }
        refused = refuseShared(from, checkpoint.application(), origin.secrets(), origin.folders())
                .or(() -> refusePorts(from, checkpoint.application(), origin.refusePorts()));
        if (refused.isPresent()) {
            return refused.get();
        }
        try {
            return refresh(state, command, branch, from, checkpoint, origin);
        } catch (IllegalArgumentException e) {
            return conflict("Cannot refresh " + branch.name() + ": " + e.getMessage());
        }
    }

    private static Outcome refresh(
            ClusterState state,
            Command.Refresh command,
            Environment branch,
            Environment from,
            Checkpoint checkpoint,
            Origin origin) {
        Doors doors = origin.doors().given(checkpoint.application(), published(state));
        ApplicationSpec base = doors.through(checkpoint.application().unreplicated(), branch.name());
        ApplicationSpec application = base.withSchedules(branch.application().schedules());
        for (ServiceOverride own :
                ServiceOverride.between(origin.services(), branch.application().services())) {
            boolean there = base.services().containsKey(own.service());
            application =
                    there ? ServiceOverride.all(application, TreePMap.singleton(own.key(), own.value())) : application;
        }
        TreePMap<String, SnapshotId> targets = TreePMap.empty();
        TreePMap<String, SnapshotId> missing = TreePMap.empty();
        for (var volume : checkpoint.volumes().entrySet()) {
            if (state.keeps(branch, volume.getKey())) {
                targets = targets.plus(branch.volumes().getOrDefault(volume.getKey(), ""), volume.getValue());
            } else {
                missing = missing.plus(volume.getKey(), volume.getValue());
            }
        }
        var deploy = new Command.Deploy(
                command.by(),
                command.atMillis(),
                command.operation(),
                command.deadlineMillis(),
                branch.name(),
                application,
                TreePMap.empty(),
                OptionalLong.empty());
        String node = branch.volumes().values().stream()
                .flatMap(id -> state.volume(id).stream())
                .map(volume -> volume.head().primary())
                .findFirst()
                .orElse("");
        ClusterState cloned = cloned(state, branch, missing, command.operation(), node, command.atMillis());
        Optional<Outcome.Refused> refused = ApplicationRules.refuse(cloned, deploy);
        if (refused.isPresent()) {
            return refused.get();
        }
        var next = new Origin(
                from.name(),
                checkpoint.name(),
                checkpoint.createdAtMillis(),
                base.services(),
                doors,
                origin.secrets(),
                origin.folders(),
                origin.refusePorts());
        Operation operation = new Operation(
                command.operation(),
                new Operation.Kind.RollBack(
                        targets, Optional.of(application), digests(from, checkpoint, application), Optional.of(next)),
                branch.name(),
                command.by(),
                Operation.Phase.PREPARE,
                command.atMillis(),
                command.deadlineMillis());
        return new Outcome.Accepted(lent(cloned, targets)
                .with(operation)
                .telling(
                        command.atMillis(),
                        branch.name(),
                        branch.name(),
                        "Refresh to " + from.name() + "@" + checkpoint.name() + " started by " + command.by()));
    }

    /// With the branch's own checkpoint asked for: what a reset brings it back to.
    static ClusterState begun(ClusterState state, Environment branch, ApplicationSpec application, long atMillis) {
        return SnapshotChanges.checkpoint(
                state, branch, Checkpoint.ORIGIN, branch.volumes().keySet(), application, false, atMillis);
    }

    /// Whether the checkpoint of how a branch was made is still to be taken: until then nothing may write.
    static boolean isBeginning(ClusterState state, Environment environment) {
        Checkpoint checkpoint = environment.checkpoints().get(Checkpoint.ORIGIN);
        return environment.origin().isPresent()
                && checkpoint != null
                && checkpoint.state() == Checkpoint.State.REQUESTED
                && checkpoint.volumes().values().stream()
                        .flatMap(id -> state.volume(id.volume()).stream())
                        .anyMatch(Volume::awaitsSnapshot);
    }

    /// A node that is not there, or where the services with data may not run.
    private static Optional<Outcome.Refused> refuseNode(ClusterState state, ApplicationSpec application, String name) {
        Node node = state.nodes().get(name);
        if (node == null) {
            return Optional.of(new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    "There is no node \"" + name + "\"; there is "
                            + String.join(", ", state.nodes().keySet())));
        }
        return application.services().entrySet().stream()
                .filter(service -> !service.getValue().volumeNames().isEmpty())
                .flatMap(service -> node.objection(service.getValue().placement()).stream()
                        .map(objection -> conflict("Service " + service.getKey() + " may not run on " + name
                                + ", which " + objection + "; choose a node where it may")))
                .findFirst();
    }

    /// With clones of snapshots, by the volume's name.
    ///
    /// @param origin what their ids are made from
    /// @param node where: what is not there is lent to it; empty for where its data is
    private static ClusterState cloned(
            ClusterState state,
            Environment environment,
            TreePMap<String, SnapshotId> snapshots,
            String origin,
            String node,
            long atMillis) {
        ClusterState next = state;
        TreePMap<String, String> volumes = environment.volumes();
        for (var snapshot : snapshots.entrySet()) {
            Volume source = state.volume(snapshot.getValue().volume()).orElseThrow();
            String primary = node.isEmpty() ? source.head().primary() : node;
            var clone = Volume.fresh(
                    VolumeChanges.id(environment.name(), snapshot.getKey(), origin),
                    environment.name(),
                    snapshot.getKey(),
                    source.spec().withoutSeed().withReplication(Optional.empty()),
                    new Head(1, primary, Optional.of(snapshot.getValue()), Optional.empty()),
                    atMillis);
            next = Loans.lend(next.with(clone), snapshot.getValue(), primary);
            volumes = volumes.plus(snapshot.getKey(), clone.id());
        }
        return next.with(environment.withVolumes(volumes));
    }

    /// With what volumes are to go back to on its way to where they are.
    private static ClusterState lent(ClusterState state, TreePMap<String, SnapshotId> targets) {
        ClusterState next = state;
        for (var target : targets.entrySet()) {
            String node = state.volume(target.getKey()).orElseThrow().head().primary();
            next = Loans.lend(next, target.getValue(), node);
        }
        return next;
    }

    private static Optional<Checkpoint> newest(Environment environment) {
        return environment.checkpoints().values().stream()
                .filter(checkpoint -> !checkpoint.automatic()
                        && checkpoint.state() == Checkpoint.State.COMPLETE
                        && !checkpoint.name().equals(Checkpoint.ORIGIN))
                .max(Comparator.comparingLong(Checkpoint::createdAtMillis));
    }

    /// The content of the images at that checkpoint, of services that have the same image.
    private static TreePMap<String, String> digests(
            Environment from, Checkpoint checkpoint, ApplicationSpec application) {
        TreePMap<String, String> digests = TreePMap.empty();
        for (var service : application.services().entrySet()) {
            int number = checkpoint.releases().getOrDefault(service.getKey(), 0);
            Optional<Release> release = from.service(service.getKey()).flatMap(known -> known.release(number));
            boolean same = release.filter(then ->
                            then.spec().image().equals(service.getValue().image())
                                    && !then.digest().isEmpty())
                    .isPresent();
            digests = same ? digests.plus(service.getKey(), release.get().digest()) : digests;
        }
        return digests;
    }

    private static Set<Integer> published(ClusterState state) {
        var published = new TreeSet<Integer>();
        for (Environment environment : state.environments().values()) {
            for (ServiceSpec service : environment.application().services().values()) {
                service.ports().stream().map(Port::published).forEach(published::add);
            }
            environment
                    .origin()
                    .ifPresent(origin -> published.addAll(origin.doors().ports().values()));
        }
        return published;
    }

    private static Optional<Outcome.Refused> refuseCheckpoint(
            ClusterState state, Environment from, String name, @Nullable Checkpoint checkpoint) {
        if (checkpoint == null) {
            String names = from.checkpoints().isEmpty()
                    ? "it has none: flocker checkpoint create makes one"
                    : "it has " + String.join(", ", from.checkpoints().keySet());
            return Optional.of(new Outcome.Refused(
                    Outcome.Reason.NOT_FOUND,
                    name.isEmpty()
                            ? "Environment " + from.name() + " has no checkpoint with a name: flocker checkpoint create"
                                    + " makes one"
                            : "Environment " + from.name() + " has no checkpoint \"" + name + "\"; " + names));
        }
        return checkpoint
                .objection()
                .or(() -> refuseLeaving(state, checkpoint))
                .map(objection -> conflict("Checkpoint " + name + " of " + from.name() + " " + objection));
    }

    private static Optional<String> refuseLeaving(ClusterState state, Checkpoint checkpoint) {
        return checkpoint.volumes().entrySet().stream()
                .filter(entry -> state.volume(entry.getValue().volume())
                        .filter(volume -> volume.state() == Volume.State.ACTIVE)
                        .isEmpty())
                .findFirst()
                .map(entry -> "goes: its volume " + entry.getKey() + " is being deleted, or is already;"
                        + " branch from an environment that stays");
    }

    /// What a branch must not have in common with its origin, unless that is wanted.
    private static Optional<Outcome.Refused> refuseShared(
            Environment from, ApplicationSpec application, boolean secrets, boolean folders) {
        var shared = new TreeMap<String, String>();
        application.services().forEach((name, service) -> {
            for (Mount mount : service.mounts()) {
                if (mount instanceof Mount.File file && !secrets && isSecret(application, file)) {
                    shared.put(
                            name,
                            "Service " + name + " of " + from.name() + " has the secret " + file.file()
                                    + ", which a branch does not get by itself: --with-secrets gives it");
                }
                if (mount instanceof Mount.Host host && !host.readOnly() && !folders) {
                    shared.put(
                            name,
                            "Service " + name + " of " + from.name() + " writes into the node's own folder "
                                    + host.source()
                                    + ", which its branch would write into too: --share-folders allows that");
                }
            }
        });
        return shared.isEmpty()
                ? Optional.empty()
                : Optional.of(conflict(shared.firstEntry().getValue()));
    }

    /// The ports that somebody chose for the origin, if its branches are not to have others. Those that it was given as
    /// a branch are as good as any other.
    private static Optional<Outcome.Refused> refusePorts(
            Environment from, ApplicationSpec application, boolean refusePorts) {
        Collection<Integer> given =
                from.origin().map(origin -> origin.doors().ports().values()).orElse(List.of());
        List<String> fixed = new ArrayList<>();
        application
                .services()
                .forEach((name, service) -> service.ports().stream()
                        .filter(port -> !given.contains(port.published()))
                        .forEach(port -> fixed.add("port " + port.published() + " of service " + name)));
        return fixed.isEmpty() || !refusePorts
                ? Optional.empty()
                : Optional.of(conflict("Environment " + from.name() + " publishes " + String.join(" and ", fixed)
                        + ", and its branch, made with --ports refuse, is not to have other ones: branch it with"
                        + " --ports free, or publish host names there instead"));
    }

    private static boolean isSecret(ApplicationSpec application, Mount.File file) {
        FileSpec content = application.files().get(file.file());
        return content != null && content.secret();
    }

    private static Outcome.Refused conflict(String message) {
        return new Outcome.Refused(Outcome.Reason.CONFLICT, message);
    }
}
