package io.flocker.control.api;

import io.flocker.client.api.Report;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.replica.ReplicaViews;
import io.flocker.control.lead.Leader;
import io.flocker.control.lead.Voters;
import io.flocker.core.certificate.Certificates;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Reservations;
import io.flocker.core.cluster.Vacancy;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Life;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Origin;
import io.flocker.core.model.Service;
import io.flocker.core.model.Shares;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Found;
import io.flocker.core.plan.OperationProgress;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.plan.Transfer;
import io.flocker.core.spec.ServiceSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// What the API shows: the decided state beside what nodes last reported. A view of one moment.
public final class Views {
    /// A node that said nothing for so long is shown as silent.
    public static final long SILENT_MILLIS = 4_000;

    private final Leader leader;
    private final Voters voters;
    private final ClusterState state;
    private final TreePMap<String, Sighting> sightings;
    private @Nullable Reservations reservations;

    Views(Leader leader, Voters voters) {
        this.leader = leader;
        this.voters = voters;
        state = leader.state();
        sightings = leader.sightings();
    }

    /// An environment with what runs of it.
    ///
    /// @param following why services do not follow their images
    public Status.Environment environment(Environment environment, List<Problem> following) {
        List<Status.Service> services = environment.services().values().stream()
                .map(service -> service(environment, service))
                .toList();
        Optional<Operation> running = state.running(environment.name());
        String settled = services.isEmpty() ? "stopped" : settled(environment, services);
        return new Status.Environment(
                environment.name(),
                environment.version(),
                running.map(operation -> operation.verb() + ": "
                                + operation.phase().toString().toLowerCase(Locale.ROOT)
                                + (operation.pause().isPresent() ? ", " + state(operation) : ""))
                        .orElse(settled),
                running.map(Operation::id).orElse(""),
                services,
                environment.volumes().values().stream()
                        .flatMap(id -> state.volume(id).stream())
                        .map(this::volume)
                        .toList(),
                outlines(environment),
                Stream.concat(problems(environment).stream(), following.stream())
                        .toList(),
                environment.createdAtMillis(),
                environment.owner(),
                environment.origin().map(Views::origin),
                life(environment.life()));
    }

    private static Status.Life life(Life life) {
        return new Status.Life(life.asleep(), life.sleepAfterMillis(), life.expiresAtMillis(), life.isProtected());
    }

    static Status.Origin origin(Origin origin) {
        return new Status.Origin(origin.environment(), origin.checkpoint(), origin.atMillis());
    }

    private String settled(Environment environment, List<Status.Service> services) {
        if (environment.life().asleep()) {
            boolean left = environment.instances().values().stream()
                    .anyMatch(instance -> found(environment, instance) != null);
            return left ? Status.Environment.STOPPING : "asleep";
        }
        boolean running = true;
        for (Status.Service service : services) {
            int vacant = Vacancy.of(state, environment, service.name())
                    .map(Vacancy::missing)
                    .orElse(0);
            boolean heldUp = Vacancy.holdsUp(state, environment, service.name());
            if (service.serving() + vacant < service.scale() && !heldUp) {
                return "degraded";
            }
            running &= vacant == 0 && !heldUp;
        }
        return running ? "running" : "waiting";
    }

    private static TreePMap<String, Checkpoint> outlines(Environment environment) {
        TreePMap<String, Checkpoint> outlines = environment.checkpoints();
        for (Checkpoint checkpoint : environment.checkpoints().values()) {
            outlines = outlines.plus(checkpoint.name(), checkpoint.outline());
        }
        return outlines;
    }

    /// Failed steps that concern an environment: its instances, volumes, network and images, and its nodes.
    private List<Problem> problems(Environment environment) {
        var problems = new ArrayList<Problem>();
        sightings.forEach((node, sighting) -> sighting.problems().stream()
                .filter(problem -> problem.aboutNode() ? isOn(environment, node) : concerns(problem, environment))
                .map(problem -> problem.on(node))
                .forEach(problems::add));
        return problems;
    }

    /// Whether an environment has something on a node, or is about to.
    private boolean isOn(Environment environment, String node) {
        return state.running(environment.name()).isPresent()
                || environment.instances().values().stream()
                        .anyMatch(instance -> instance.node().equals(node));
    }

    private boolean concerns(Problem problem, Environment environment) {
        String subject = problem.subject();
        boolean image = environment.application().services().values().stream()
                .anyMatch(service -> subject.equals("image " + service.image()));
        boolean volume = environment.volumes().values().stream().anyMatch(id -> subject.equals("volume " + id));
        return image
                || volume
                || subject.equals("routes")
                || subject.startsWith(environment.name() + "/")
                || subject.startsWith("checkpoint " + environment.name() + "/")
                || subject.equals("network " + environment.name());
    }

    private Status.Service service(Environment environment, Service service) {
        List<Instance> instances = environment.instances().values().stream()
                .filter(instance -> instance.service().equals(service.name()))
                .toList();
        TreePMap<String, String> states = TreePMap.empty();
        for (Instance instance : instances) {
            states = states.plus(instance.name(), state(environment, instance));
        }
        TreePMap<String, Double> shares = Shares.percent(environment, service.name(), in(states, "running", "healthy"));
        TreePMap<String, String> known = states;
        List<Status.Instance> shown = instances.stream()
                .map(instance -> instance(
                        environment,
                        instance,
                        known.getOrDefault(instance.name(), ""),
                        shares.getOrDefault(instance.name(), 0.0)))
                .toList();
        int serving = in(states, "running", "healthy", "completed").size();
        ServiceSpec spec = service.spec();
        boolean wanted = environment.application().services().containsKey(service.name());
        return new Status.Service(
                service.name(),
                spec.image(),
                service.current(),
                wanted ? service.scale() : 0,
                serving,
                spec.ports(),
                spec.http().hosts(),
                Certificates.urls(state, spec.http().hosts()),
                shown,
                waits(environment, service),
                leader.load(environment.name(), service.name()),
                follows(environment.application().services().getOrDefault(service.name(), spec)));
    }

    private static String follows(ServiceSpec spec) {
        if (spec.placement().perCore()) {
            return Status.Service.CORES;
        }
        return spec.placement().global()
                ? Status.Service.NODES
                : spec.autoscale().isPresent() ? Status.Service.LOAD : "";
    }

    private String waits(Environment environment, Service service) {
        if (!service.suspended().isEmpty()) {
            return "operation " + service.suspended();
        }
        return Vacancy.of(state, environment, service.name())
                .map(Vacancy::why)
                .or(() -> Vacancy.stuck(state, environment, service.name()))
                .orElse("");
    }

    private static List<String> in(TreePMap<String, String> states, String... wanted) {
        return states.entrySet().stream()
                .filter(state -> List.of(wanted).contains(state.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String part(Environment environment, Instance instance) {
        return instance.held()
                ? Status.HELD
                : environment.relieved().contains(instance.name())
                        ? Status.STANDBY
                        : environment.isTrying(instance) ? Status.CANARY : "";
    }

    private @Nullable Found found(Environment environment, Instance instance) {
        Sighting sighting = sightings.get(instance.node());
        return sighting == null
                ? null
                : sighting.observed().containers().get(environment.name() + "/" + instance.name());
    }

    private String state(Environment environment, Instance instance) {
        return instanceState(environment, instance, sightings.get(instance.node()), found(environment, instance));
    }

    private Status.Instance instance(
            Environment environment, Instance instance, String instanceState, double sharePercent) {
        Found found = found(environment, instance);
        int release = found == null ? instance.release() : found.release();
        return new Status.Instance(
                instance.name(),
                instance.node(),
                instance.placedBy(),
                release,
                environment
                        .service(instance.service())
                        .flatMap(service -> service.release(release))
                        .map(run -> run.spec().image())
                        .orElse(""),
                instanceState,
                part(environment, instance),
                sharePercent,
                found == null ? "" : found.id(),
                found == null ? 0 : found.exitCode(),
                found == null ? 0 : found.failures(),
                found == null ? 0 : found.startedAtMillis(),
                found == null ? 0 : found.endedAtMillis());
    }

    private String instanceState(
            Environment environment, Instance instance, @Nullable Sighting sighting, @Nullable Found found) {
        if (sighting == null) {
            return "unknown";
        }
        ServiceSpec spec = environment
                .service(instance.service())
                .flatMap(service -> service.release(instance.release()))
                .map(release -> release.spec())
                .orElse(null);
        if (found == null) {
            boolean pulled = spec == null
                    || sighting.observed().images().keySet().stream().anyMatch(image -> image.startsWith(spec.image()));
            return switch (instance.desired()) {
                case STOP -> "stopped";
                case PREPARE, RUN -> pulled ? "preparing" : "pulling";
            };
        }
        boolean current = found.release() == instance.release() && found.restarts() == instance.restarts();
        if (!current || instance.desired() == Instance.Desired.STOP) {
            return found.running() && instance.desired() == Instance.Desired.PREPARE ? "preparing" : "stopping";
        }
        return switch (found.state()) {
            case CREATED -> "starting";
            case PAUSED -> "paused";
            case EXITED -> {
                boolean again = spec != null && spec.restart().restarts(found.exitCode(), found.failures());
                yield again ? "restarting" : found.exitCode() == 0 ? "completed" : "exited";
            }
            case RUNNING ->
                switch (found.health()) {
                    case HEALTHY -> found.serving() ? "healthy" : "starting";
                    case UNHEALTHY -> "unhealthy";
                    case STARTING -> "starting";
                    case NONE -> found.serving() ? "running" : "starting";
                };
        };
    }

    public Status.Volume volume(Volume volume) {
        Sighting sighting = sightings.get(volume.head().primary());
        StoredVolume stored =
                sighting == null ? null : sighting.observed().volumes().get(volume.id());
        String shown = volume.state() == Volume.State.DELETING
                ? "deleting"
                : sighting == null
                        ? "unknown"
                        : stored == null || stored.headEpoch() != volume.head().epoch() ? "preparing" : "ready";
        return new Status.Volume(
                volume.id(),
                volume.environment(),
                volume.name(),
                volume.head().primary(),
                volume.head().epoch(),
                volume.spec().sizeBytes(),
                volume.snapshots().size(),
                shown,
                stored == null ? "" : stored.problem(),
                -1,
                -1,
                volume.createdAtMillis(),
                volume.spec().replication(),
                ReplicaViews.of(volume, sightings, System.currentTimeMillis()),
                volume.replicas().home(),
                volume.replicas().blocked(),
                volume.replicas().divergedFrom().map(SnapshotId::position).orElse(""));
    }

    public Status.Operation operation(Operation operation) {
        List<String> waiting = operation.running()
                ? OperationProgress.of(state, leader.allSightings(), operation, System.currentTimeMillis())
                        .waiting()
                : List.of();
        List<Problem> problems = operation.running()
                ? state.environment(operation.environment()).map(this::problems).orElse(List.of())
                : List.of();
        return new Status.Operation(
                operation.id(),
                operation.verb(),
                operation.environment(),
                operation.startedBy(),
                state(operation),
                operation.phase().toString().toLowerCase(Locale.ROOT),
                operation.startedAtMillis(),
                operation.changedAtMillis(),
                operation.givesUpAtMillis(System.currentTimeMillis()),
                operation.error(),
                waiting,
                transfers(operation),
                problems);
    }

    private static String state(Operation operation) {
        if (operation.pause().isPresent()) {
            return operation.pauses() ? Status.Operation.PAUSED : Status.Operation.PAUSING;
        }
        return operation.state().toString().toLowerCase(Locale.ROOT);
    }

    private List<Transfer> transfers(Operation operation) {
        return operation.running() && operation.kind() instanceof Operation.Kind.Move move
                ? sightings.values().stream()
                        .flatMap(sighting -> sighting.transfers().stream())
                        .filter(transfer -> move.volumes().contains(transfer.volume()) && !transfer.ended())
                        .toList()
                : List.of();
    }

    /// Made once for all nodes: it takes every instance of the cluster.
    private Node.Capacity reserved(Node node) {
        Reservations all = reservations == null ? Reservations.of(state) : reservations;
        reservations = all;
        return all.on(node.name());
    }

    public Status.Node node(Node node) {
        Optional<Leader.Heard> heard = leader.heard(node.name());
        Optional<Report> report = heard.map(Leader.Heard::report);
        long lastSeen = heard.map(Leader.Heard::atMillis).orElse(0L);
        return new Status.Node(
                node.name(),
                node.address(),
                node.labels(),
                state(node, lastSeen),
                voters.part(node),
                voters.said(node.name())
                        .map(said -> said.control().certificateEndMillis())
                        .orElse(0L),
                lastSeen,
                (int) state.environments().values().stream()
                        .flatMap(environment -> environment.instances().values().stream())
                        .filter(instance -> instance.node().equals(node.name()))
                        .count(),
                (int) state.volumes().values().stream()
                        .filter(volume -> volume.head().primary().equals(node.name()))
                        .count(),
                node.capacity(),
                reserved(node),
                report.map(Report::poolTotalBytes).orElse(0L),
                report.map(Report::poolFreeBytes).orElse(0L),
                problems(node, report));
    }

    private List<Problem> problems(Node node, Optional<Report> report) {
        List<Problem> problems = new ArrayList<>(report.map(Report::problems).orElse(List.of()));
        leader.loads().doubt(node.name()).ifPresent(problems::add);
        voters.said(node.name())
                .flatMap(said -> certificateTrouble(said.control(), said.atMillis()))
                .ifPresent(problems::add);
        return problems;
    }

    /// A daemon that cannot renew its certificate has a third of the certificate's life left to do so.
    private static Optional<Problem> certificateTrouble(Requests.Control control, long atMillis) {
        return control.trouble().isEmpty()
                ? Optional.empty()
                : Optional.of(new Problem(
                        Problem.NODE,
                        "renew its certificate",
                        "it expires on " + Instant.ofEpochMilli(control.certificateEndMillis()) + ", and then the node"
                                + " is shut out: " + control.trouble(),
                        false,
                        1,
                        atMillis,
                        atMillis));
    }

    private static String state(Node node, long lastSeenMillis) {
        if (System.currentTimeMillis() - lastSeenMillis >= SILENT_MILLIS) {
            return "silent";
        }
        return node.availability() == Node.Availability.DRAINED ? "drained" : "ready";
    }
}
