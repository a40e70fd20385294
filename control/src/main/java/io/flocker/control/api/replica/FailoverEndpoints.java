package io.flocker.control.api.replica;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.NotLeading;
import io.flocker.control.view.Changes;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.Sighting;
import io.flocker.core.replication.Candidate;
import io.flocker.core.replication.Candidates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;

/// Where volumes are replicated to, and services that go on from a replica, or go back.
public final class FailoverEndpoints {
    private static final long USUAL_SECONDS = 3_600;
    private static final String ENVIRONMENT = "/v2/environments/{environment}";

    private final Decisions decisions;

    public FailoverEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        String dryRun = "dryRun: true to only tell what would be done";
        return List.of(
                new Endpoint(
                        "PUT",
                        "/v2/volumes/{environment}/{volume}/replication",
                        Right.CHANGE,
                        "Say where replicas of a volume are kept.",
                        List.of(),
                        Requests.Replicate.class,
                        Status.Volume.class,
                        this::replicate),
                new Endpoint(
                        "GET",
                        "/v2/failovers",
                        Right.READ,
                        "What could fail over, where to, and what that would lose; in the order to do it in.",
                        List.of(
                                "node: only what is on it",
                                "datacenter: only what is on its nodes",
                                "to: only nodes of this data center may take it"),
                        Void.class,
                        Answers.Failovers.class,
                        this::all),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/failover",
                        Right.CHANGE,
                        "Have a service, or a volume that none uses, go on on a node that has a replica. If its own node"
                                + " is heard, nothing is lost; else what would be lost must be accepted.",
                        List.of(dryRun),
                        Requests.FailOver.class,
                        Answers.Change.class,
                        this::failOver),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/failback",
                        Right.CHANGE,
                        "Bring a service back to the node it was on before it failed over.",
                        List.of(dryRun),
                        Requests.FailOver.class,
                        Answers.Change.class,
                        this::failBack));
    }

    private Object replicate(Call call) throws Exception {
        Requests.Replicate request = call.body(Requests.Replicate.class);
        Volume volume = volume(call.path("environment"), call.path("volume"));
        decisions.require(
                call,
                new Command.SetReplication(call.by(), System.currentTimeMillis(), volume.id(), request.replication()));
        return decisions.views().volume(volume(call.path("environment"), call.path("volume")));
    }

    private Object all(Call call) throws Exception {
        ClusterState state = decisions.state();
        String node = call.query("node", "");
        String datacenter = call.query("datacenter", "");
        String to = call.query("to", "");
        if (!node.isEmpty() && !state.nodes().containsKey(node)) {
            throw Refusal.notFound("There is no node \"" + node + "\"; there is "
                    + String.join(", ", state.nodes().keySet()));
        }
        for (String name : List.of(datacenter, to)) {
            if (!name.isEmpty() && state.nodes().values().stream().noneMatch(it -> isIn(it, name))) {
                throw Refusal.notFound("No node has the label datacenter=" + name
                        + "; flocker node label NODE datacenter=" + name + " gives it to one");
            }
        }
        var list = new FailoverList(
                state,
                decisions.leader().allSightings(),
                it -> (node.isEmpty() || it.name().equals(node)) && (datacenter.isEmpty() || isIn(it, datacenter)),
                it -> to.isEmpty() || isIn(it, to),
                System.currentTimeMillis());
        List<Status.Failover> failovers = new ArrayList<>();
        state.environments().values().forEach(environment -> failovers.addAll(list.of(environment)));
        return new Answers.Failovers(List.copyOf(failovers));
    }

    private static boolean isIn(Node node, String datacenter) {
        return node.datacenter().equals(datacenter);
    }

    private Volume volume(String environment, String name) throws Refusal {
        return decisions
                .state()
                .volume(environment, name)
                .orElseThrow(() -> Refusal.notFound(
                        "There is no volume " + environment + "/" + name + "; flocker volume ls shows them"));
    }

    /// What a request is about.
    private record Subject(Environment environment, MoveChanges.Together together, String from, String home) {
        String names() {
            return together.names();
        }
    }

    private Subject subject(Call call, Requests.FailOver request) throws Refusal {
        ClusterState state = decisions.state();
        Environment environment = decisions.environment(call.path("environment"));
        if (!request.service().isEmpty() && !environment.services().containsKey(request.service())) {
            throw Refusal.notFound("Environment " + environment.name() + " has no service \"" + request.service()
                    + "\"; it has " + String.join(", ", environment.services().keySet()));
        }
        if (request.service().isEmpty()) {
            volume(environment.name(), request.volume());
        }
        MoveChanges.Together together = MoveChanges.together(
                environment,
                request.service().isEmpty() ? List.of() : List.of(request.service()),
                request.service().isEmpty() ? List.of(request.volume()) : List.of());
        List<Volume> volumes = together.volumes(state, environment);
        if (volumes.isEmpty()) {
            throw Refusal.invalid("Service " + request.service()
                    + " has no data to fail over with; flocker move brings it to another node");
        }
        String home = volumes.stream()
                .map(volume -> volume.replicas().home())
                .filter(node -> !node.isEmpty())
                .findFirst()
                .orElse("");
        return new Subject(environment, together, volumes.getFirst().head().primary(), home);
    }

    private Object failOver(Call call) throws Exception {
        Requests.FailOver request = call.body(Requests.FailOver.class);
        Optional<Answers.Change> repeated = decisions.repeated(call);
        if (repeated.isPresent()) {
            return repeated.get();
        }
        Subject subject = subject(call, request);
        hear(subject.from());
        TreePMap<String, Sighting> sightings = decisions.leader().allSightings();
        Candidates candidates = new Candidates(
                decisions.state(),
                sightings,
                subject.environment(),
                subject.together(),
                subject.from(),
                System.currentTimeMillis());
        if (request.to().equals(subject.from())) {
            throw Refusal.of(
                    409, "conflict", "Not as things are", subject.names() + " is on " + request.to() + " already");
        }
        Optional<Candidate> best = request.to().isEmpty() ? candidates.best() : candidates.on(request.to());
        if (best.isEmpty()) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    "No replica of " + subject.names() + " can take over"
                            + (request.to().isEmpty() ? "" : " on " + request.to()) + ": " + candidates.objections()
                            + "; flocker volume replicate makes one, flocker move copies the data first");
        }
        return candidates.heard()
                ? handOver(call, request, subject, best.get().node())
                : without(call, request, candidates, best.get());
    }

    /// A new leader cannot tell a node that is gone from one that it has not heard yet, until leases have ended.
    private void hear(String node) throws NotLeading, InterruptedException {
        long millis = TimeUnit.NANOSECONDS.toMillis(LeaseTerms.USUAL.waitNanos()) + 1;
        Leader leader = decisions.leader();
        leader.await(millis, () -> leader.heard(node).isPresent());
    }

    private Object failBack(Call call) throws Exception {
        Requests.FailOver request = call.body(Requests.FailOver.class);
        Optional<Answers.Change> repeated = decisions.repeated(call);
        if (repeated.isPresent()) {
            return repeated.get();
        }
        Subject subject = subject(call, request);
        if (subject.home().isEmpty()) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    subject.names() + " is where it belongs: on " + subject.from());
        }
        return handOver(call, request, subject, subject.home());
    }

    /// Its node is there: it stops, the last difference is copied, and nothing is lost.
    private Object handOver(Call call, Requests.FailOver request, Subject subject, String to) throws Exception {
        long now = System.currentTimeMillis();
        String service = subject.together().services().stream().findFirst().orElse("");
        String volume = service.isEmpty() ? subject.together().volumeNames().first() : "";
        Command command = new Command.Move(
                call.by(),
                now,
                decisions.newId(),
                now + seconds(request) * 1_000,
                subject.environment().name(),
                service,
                volume,
                subject.from(),
                to);
        return decisions.change(call, command, Changes.ofMove(decisions.state(), command));
    }

    private static long seconds(Requests.FailOver request) {
        return request.timeoutSeconds() == 0 ? USUAL_SECONDS : request.timeoutSeconds();
    }

    /// Its node is gone: it goes on from what the replica has.
    private Object without(Call call, Requests.FailOver request, Candidates candidates, Candidate candidate)
            throws Exception {
        long now = System.currentTimeMillis();
        String why = "Node " + candidate.from() + " was silent for " + Candidate.seconds(candidates.silenceMillis())
                + candidates.ahead(candidate).map(ahead -> "; " + ahead).orElse("");
        Command.FailOver command =
                candidate.command(call.by(), now, decisions.newId(), now + seconds(request) * 1_000, why);
        boolean guarded = candidate.together().volumes(decisions.state(), candidate.environment()).stream()
                .allMatch(Volume::armed);
        String warning = guarded
                ? "Node " + candidate.from() + " has certainly stopped writing"
                : "Nobody can tell whether node " + candidate.from() + " still runs "
                        + candidate.together().names()
                        + ": switch it off or cut it off first. What it writes after this"
                        + " is kept as a volume of its own when it is back";
        if (!call.flag("dryRun") && !request.acceptLoss()) {
            throw Refusal.of(
                    409,
                    "loss",
                    "Something would be lost",
                    command.story() + ". " + warning + ". To go on with that: --accept-loss");
        }
        List<String> changes = new ArrayList<>(Changes.ofMove(decisions.state(), command));
        changes.add("! " + warning);
        if (call.flag("dryRun")) {
            return decisions.change(call, command, changes);
        }
        var taken = new Taken(call, command);
        if (!decisions.leader().taking(candidate.from(), taken::take)) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    "Node " + candidate.from() + " was heard a moment ago; try again in some seconds");
        }
        return new Answers.Change(taken.operation(), changes);
    }

    /// A decision whose refusal is told once the node it concerns may have a lease again.
    private final class Taken {
        private final Call call;
        private final Command command;
        private String operation = "";
        private Optional<Refusal> refusal = Optional.empty();

        Taken(Call call, Command command) {
            this.call = call;
            this.command = command;
        }

        void take() throws IOException, InterruptedException {
            try {
                operation = decisions.require(call, command);
            } catch (Refusal e) {
                refusal = Optional.of(e);
            }
        }

        String operation() throws Refusal {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
            return operation;
        }
    }
}
