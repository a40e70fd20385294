package io.flocker.verify.sim;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Volume;
import io.flocker.core.replication.Candidate;
import io.flocker.core.replication.Candidates;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ReplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.pcollections.TreePMap;

/// Users who have volumes replicated, have services fail over, go back home, and do all else that users do.
final class ReplicaUsers {
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long SILENT_MILLIS = 4_000;

    private final Timeline time;
    private final SimCluster cluster;
    private final SimClient others;
    private int numbers;

    ReplicaUsers(Timeline time, SimCluster cluster) {
        this.time = time;
        this.cluster = cluster;
        others = new SimClient(time);
    }

    private SimLeader leader() {
        return cluster.leader;
    }

    /// Does something.
    void act() {
        ClusterState state = leader().state();
        long now = time.clock();
        Optional<Volume> volume = any(List.copyOf(state.volumes().values()));
        switch (time.between(0, 15)) {
            case 0 -> leader().submit(deploy());
            case 1, 2 ->
                volume.ifPresent(it -> leader().submit(new Command.SetReplication(
                        "sim", now, it.id(), time.chance(0.1) ? Optional.empty() : Optional.of(spec()))));
            case 3, 4, 5 -> failOver();
            case 6, 7 -> failBack();
            case 8 ->
                any(state.volumes().values().stream().filter(Volume::diverges).toList())
                        .ifPresent(it -> leader().submit(new Command.DeleteVolume("sim", now, it.id())));
            default -> {
                Command command = others.next(state);
                boolean rare = command instanceof Command.Remove || command instanceof Command.Sleep;
                leader().submit(command instanceof Command.Deploy ? deploy() : command);
                if (command instanceof Command.Pause pause) {
                    time.after(time.between(100, 6_000), () -> resume(pause.operation()));
                }
                if (rare && time.chance(0.7)) {
                    time.after(time.between(100, 3_000), () -> leader().submit(deploy()));
                }
            }
        }
    }

    private void resume(String operation) {
        if (cluster.leaderUp) {
            leader().submit(new Command.Resume("sim", time.clock(), operation));
        }
    }

    private String operation() {
        return "u" + numbers++;
    }

    /// A database with two volumes, and two services that share one.
    Command.Deploy deploy() {
        TreePMap<String, ServiceSpec> services =
                SimClient.application("db:" + time.between(1, 3)).services();
        if (time.chance(0.9)) {
            services = services.plus("one", SimClient.writing("one:" + time.between(1, 2), List.of("shared")));
            services = time.chance(0.8)
                    ? services.plus("two", SimClient.writing("two:" + time.between(1, 2), List.of("shared")))
                    : services;
        }
        TreePMap<String, VolumeSpec> volumes = TreePMap.empty();
        ReplicationSpec spec = spec();
        for (String name : List.of("db-data", "db-log", "shared")) {
            Optional<ReplicationSpec> its =
                    time.chance(0.1) ? Optional.empty() : Optional.of(time.chance(0.6) ? spec : spec());
            volumes = volumes.plus(name, VolumeSpec.PLAIN.withReplication(its));
        }
        return new Command.Deploy(
                "sim",
                time.clock(),
                operation(),
                time.clock() + PATIENCE_MILLIS,
                "env" + (time.chance(0.8) ? 1 : 2),
                new ApplicationSpec(services, volumes, TreePMap.empty()),
                TreePMap.empty(),
                OptionalLong.empty());
    }

    private ReplicationSpec spec() {
        boolean auto = time.chance(0.7);
        long every = 1_000L * time.between(1, 3);
        long least = every + (auto ? 5_000 : 0);
        long most = least + 1_000L * time.between(0, 8);
        List<String> to = new ArrayList<>();
        for (SimNode node : cluster.nodes) {
            if (time.chance(0.5)) {
                to.add(node.name);
            }
        }
        boolean chosen = to.isEmpty() || time.chance(0.4);
        return new ReplicationSpec(
                chosen ? List.of() : to,
                chosen ? time.between(1, 2) : 0,
                chosen && time.chance(0.5) ? "zone" : "",
                every,
                most,
                0,
                false,
                auto ? ReplicationSpec.Failover.AUTO : ReplicationSpec.Failover.MANUAL);
    }

    private record Subject(Environment environment, MoveChanges.Together together, String from, String home) {}

    private Optional<Subject> subject() {
        ClusterState state = leader().state();
        return any(List.copyOf(state.environments().values()))
                .flatMap(environment -> any(List.copyOf(environment.volumes().keySet()))
                        .flatMap(name -> subject(state, environment, name)));
    }

    private static Optional<Subject> subject(ClusterState state, Environment environment, String name) {
        MoveChanges.Together together = MoveChanges.together(environment, Set.of(), Set.of(name));
        List<Volume> volumes = together.volumes(state, environment);
        if (volumes.isEmpty()) {
            return Optional.empty();
        }
        String home = volumes.stream()
                .map(volume -> volume.replicas().home())
                .filter(node -> !node.isEmpty())
                .findFirst()
                .orElse("");
        return Optional.of(
                new Subject(environment, together, volumes.getFirst().head().primary(), home));
    }

    /// As the API does it.
    private void failOver() {
        Subject subject = subject().orElse(null);
        if (subject == null) {
            return;
        }
        var candidates = new Candidates(
                leader().state(),
                leader().current(),
                subject.environment(),
                subject.together(),
                subject.from(),
                time.clock());
        Optional<Candidate> best =
                time.chance(0.7) ? candidates.best() : candidates.on("n" + time.between(1, cluster.nodes.size()));
        if (best.isEmpty()) {
            return;
        }
        if (candidates.silenceMillis() < SILENT_MILLIS) {
            leader().submit(move(subject, best.get().node()));
        } else {
            leader().take(best.get()
                    .command("sim", time.clock(), operation(), time.clock() + PATIENCE_MILLIS, "Asked for"));
        }
    }

    private void failBack() {
        subject()
                .filter(subject -> !subject.home().isEmpty())
                .ifPresent(subject -> leader().submit(move(subject, subject.home())));
    }

    private Command.Move move(Subject subject, String to) {
        String service = subject.together().services().stream().findFirst().orElse("");
        return new Command.Move(
                "sim",
                time.clock(),
                operation(),
                time.clock() + PATIENCE_MILLIS,
                subject.environment().name(),
                service,
                service.isEmpty() ? subject.together().volumeNames().first() : "",
                subject.from(),
                to);
    }

    private <T> Optional<T> any(List<T> choices) {
        return choices.isEmpty() ? Optional.empty() : Optional.of(choices.get(time.between(0, choices.size() - 1)));
    }
}
