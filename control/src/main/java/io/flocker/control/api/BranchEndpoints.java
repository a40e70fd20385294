package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.user.DataQuota;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.NotLeading;
import io.flocker.control.view.Changes;
import io.flocker.core.access.Right;
import io.flocker.core.branch.ServiceOverride;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cut.CutPlanner;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Origin;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.RoutingTable;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.pcollections.TreePMap;

/// Branches: environments made from others, refreshed from them, and changed beside them.
final class BranchEndpoints {
    private static final String ENVIRONMENT = "/v2/environments/{environment}";
    private static final String DRY_RUN = "dryRun: true to only tell what would be done";

    /// How long a checkpoint that is taken for a branch may take at least, before the request is given up.
    private static final long CHECKPOINT_MILLIS = 30_000;

    /// So many changed files of a volume are told at most.
    private static final int MOST_FILES = 1_000;

    private final Decisions decisions;
    private final Upgrades upgrades;
    private final NodeCalls nodes;
    private final DataQuota data;

    BranchEndpoints(Decisions decisions, Upgrades upgrades, NodeCalls nodes) {
        this.decisions = decisions;
        this.upgrades = upgrades;
        this.nodes = nodes;
        data = new DataQuota(decisions, nodes);
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/branches",
                        Right.CREATE,
                        "Make environments from this one: its services, and clones of its data.",
                        List.of(DRY_RUN),
                        Requests.Branch.class,
                        Answers.Branches.class,
                        this::branch),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/refresh",
                        Right.CHANGE,
                        "Bring a branch to a checkpoint of its origin. What its services have otherwise stays.",
                        List.of(DRY_RUN),
                        Requests.Refresh.class,
                        Answers.Change.class,
                        this::refresh),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/set",
                        Right.CHANGE,
                        "Give services other images, variables or numbers of instances.",
                        List.of(DRY_RUN),
                        Requests.Set.class,
                        Answers.Change.class,
                        this::set),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/pause",
                        Right.CHANGE,
                        "Stop what runs until somebody connects to it or wakes it up. The data stays.",
                        List.of(DRY_RUN),
                        Void.class,
                        Answers.Change.class,
                        this::pause),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/wake",
                        Right.CHANGE,
                        "Run again what is asleep.",
                        List.of(DRY_RUN),
                        Void.class,
                        Answers.Change.class,
                        this::wake),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/life",
                        Right.CHANGE,
                        "Say when it goes to sleep, when it expires, and whether it can be removed.",
                        List.of(DRY_RUN),
                        Requests.Life.class,
                        Answers.Change.class,
                        this::life),
                new Endpoint(
                        "GET",
                        ENVIRONMENT + "/differences",
                        Right.READ,
                        "What a branch has otherwise than its origin had.",
                        List.of("files: true for the files of its volumes, 1000 each at most"),
                        Void.class,
                        Answers.Differences.class,
                        this::differences));
    }

    private Object branch(Call call) throws Exception {
        Requests.Branch request = call.body(Requests.Branch.class);
        Environment origin = decisions.environment(call.path("environment"));
        int names = request.names().size();
        if (names == 0 || names > Requests.Branch.MAX_NAMES) {
            throw Refusal.invalid("Say the names of 1 to " + Requests.Branch.MAX_NAMES + " branches, not " + names);
        }
        Optional<Answers.Branches> before = repeated(call, request.names());
        if (before.isPresent()) {
            return before.get();
        }
        checkLife(request.sleepAfterSeconds(), request.expiresInSeconds());
        refuseSecrets(call, origin, request);
        decisions.refuseReach(call, origin.application(), ApplicationSpec.EMPTY);
        data.refuseMore("", call.by());
        Checkpoint checkpoint = checkpoint(call, origin, request.checkpoint());
        decisions.refuseReach(call, checkpoint.application(), ApplicationSpec.EMPTY);
        List<Command.Branch> commands = request.names().stream()
                .map(name -> command(call, origin, checkpoint.name(), name, request))
                .toList();
        return new Answers.Branches(branches(call, commands));
    }

    /// In their order, each beside those before it; what can be is written down together. What is refused is told in
    /// its place.
    private List<Answers.Branch> branches(Call call, List<Command.Branch> commands)
            throws Refusal, IOException, InterruptedException {
        ClusterState state = decisions.state();
        List<Answers.Branch> answers = new ArrayList<>();
        TreeMap<Integer, Command.Branch> wanted = new TreeMap<>();
        for (Command.Branch command : commands) {
            Optional<String> begun = decisions.repeated(call, command.environment());
            Outcome outcome = state.after(command);
            if (begun.isPresent()) {
                answers.add(Answers.Branch.begun(command.environment(), begun.get()));
            } else if (outcome instanceof Outcome.Accepted accepted) {
                List<String> changes =
                        Changes.ofBranch(state, decisions.leader().load(), command);
                wanted.put(answers.size(), command);
                answers.add(new Answers.Branch(command.environment(), "", changes, ""));
                state = accepted.state();
            } else {
                answers.add(refused(commands, command, outcome));
            }
        }
        var decided = (call.flag("dryRun") ? List.<ClusterLog.Decision>of() : decisions.decide(call, wanted.values()))
                .iterator();
        while (decided.hasNext()) {
            var place = wanted.pollFirstEntry();
            ClusterLog.Decision decision = decided.next();
            answers.set(
                    place.getKey(),
                    decision.outcome() instanceof Outcome.Accepted
                            ? answers.get(place.getKey()).by(decision.operation())
                            : refused(commands, place.getValue(), decision.outcome()));
        }
        return List.copyOf(answers);
    }

    /// The whole request is, if it is for one alone.
    private static Answers.Branch refused(List<Command.Branch> all, Command.Branch command, Outcome outcome)
            throws Refusal {
        Refusal refusal = Refusal.of((Outcome.Refused) outcome);
        if (all.size() == 1) {
            throw refusal;
        }
        return new Answers.Branch(
                command.environment(), "", List.of(), refusal.problem().detail());
    }

    /// Whoever owns a branch can read the secrets that it has, and write into the folders.
    private void refuseSecrets(Call call, Environment origin, Requests.Branch request) throws Refusal {
        if ((request.secrets() || request.folders()) && !decisions.isFree(call, origin)) {
            throw Refusal.of(
                    403,
                    "forbidden",
                    "Not yours",
                    call.by() + " (" + call.asker().role().word() + ") may not have the "
                            + (request.secrets() ? "secrets" : "nodes' folders") + " of " + origin.name()
                            + ", which is "
                            + origin.owner() + "'s: branch it without, or ask " + origin.owner() + " or an operator");
        }
    }

    private Command.Branch command(
            Call call, Environment origin, String checkpoint, String name, Requests.Branch request) {
        long now = System.currentTimeMillis();
        return new Command.Branch(
                call.by(),
                now,
                decisions.newId(),
                EnvironmentEndpoints.deadline(now, request.timeoutSeconds()),
                origin.name(),
                checkpoint,
                name,
                request.set(),
                request.hosts(),
                request.secrets(),
                request.folders(),
                request.refusePorts(),
                request.sleepAfterSeconds() * 1_000,
                request.expiresInSeconds() == 0 ? 0 : now + request.expiresInSeconds() * 1_000,
                request.node());
    }

    /// The answers for branches that the same request has begun already; empty if it did not begin all of them.
    private Optional<Answers.Branches> repeated(Call call, List<String> names) throws Refusal, NotLeading {
        List<Answers.Branch> branches = new ArrayList<>();
        for (String name : names) {
            decisions.repeated(call, name).ifPresent(begun -> branches.add(Answers.Branch.begun(name, begun)));
        }
        return branches.size() == names.size()
                ? Optional.of(new Answers.Branches(List.copyOf(branches)))
                : Optional.empty();
    }

    /// The one that is named, or one taken now. A dry run takes none, and looks at the newest.
    private Checkpoint checkpoint(Call call, Environment origin, String name)
            throws Refusal, IOException, InterruptedException {
        if (!name.isEmpty() || call.flag("dryRun")) {
            return Optional.ofNullable(origin.checkpoints().get(name))
                    .or(() -> name.isEmpty() ? newest(origin) : Optional.empty())
                    .orElseThrow(() -> Refusal.notFound("Environment " + origin.name() + " has no checkpoint"
                            + (name.isEmpty()
                                    ? " that a dry run could look at: flocker checkpoint create makes one"
                                    : " \"" + name + "\"; it has "
                                            + String.join(
                                                    ", ", origin.checkpoints().keySet()))));
        }
        return taken(call, origin);
    }

    /// One request takes one checkpoint: a client that got no answer in time asks again, with the same key.
    private Checkpoint taken(Call call, Environment origin) throws Refusal, IOException, InterruptedException {
        String name = "branch-" + (call.key().isEmpty() ? decisions.newId() : RoutingTable.hash(call.key()));
        if (find(origin.name(), name)
                .filter(checkpoint -> checkpoint.state() != Checkpoint.State.FAILED)
                .isEmpty()) {
            decisions.requireFirst(
                    new Command.CreateCheckpoint(call.by(), System.currentTimeMillis(), origin.name(), name, true));
        }
        long millis = Math.max(CHECKPOINT_MILLIS, CutPlanner.attemptMillis(origin));
        decisions.await(
                millis,
                () -> find(origin.name(), name)
                        .filter(checkpoint -> checkpoint.state() == Checkpoint.State.REQUESTED)
                        .isEmpty());
        Checkpoint taken = find(origin.name(), name)
                .orElseThrow(() -> Refusal.notFound(
                        "Checkpoint " + name + " of " + origin.name() + " was deleted while it was taken"));
        return switch (taken.state()) {
            case COMPLETE -> taken;
            case FAILED ->
                throw Refusal.of(
                        409,
                        "conflict",
                        "Not taken",
                        "The checkpoint of " + origin.name() + " for the branch could not be taken: "
                                + taken.problem());
            case REQUESTED ->
                throw new IOException("The checkpoint of " + origin.name() + " for the branch was not complete within "
                        + millis / 1_000 + " s; flocker status " + origin.name() + " tells what keeps it");
        };
    }

    private static Optional<Checkpoint> newest(Environment environment) {
        return environment.checkpoints().values().stream()
                .filter(checkpoint -> checkpoint.state() == Checkpoint.State.COMPLETE)
                .max((a, b) -> Long.compare(a.createdAtMillis(), b.createdAtMillis()));
    }

    private Optional<Checkpoint> find(String environment, String checkpoint) {
        return decisions
                .state()
                .environment(environment)
                .flatMap(found -> Optional.ofNullable(found.checkpoints().get(checkpoint)));
    }

    private Object refresh(Call call) throws Exception {
        Requests.Refresh request = call.body(Requests.Refresh.class);
        Environment branch = decisions.environment(call.path("environment"));
        long now = System.currentTimeMillis();
        var command = new Command.Refresh(
                call.by(),
                now,
                decisions.newId(),
                EnvironmentEndpoints.deadline(now, request.timeoutSeconds()),
                branch.name(),
                request.checkpoint());
        if (decisions.state().after(command) instanceof Outcome.Accepted accepted) {
            Optional<ApplicationSpec> next = accepted.state()
                    .operation(command.operation())
                    .filter(operation -> operation.kind() instanceof Operation.Kind.RollBack)
                    .flatMap(operation -> ((Operation.Kind.RollBack) operation.kind()).application());
            decisions.refuseReach(call, next.orElse(ApplicationSpec.EMPTY), branch.application());
        }
        return decisions.change(
                call,
                command,
                Changes.ofRefresh(decisions.state(), decisions.leader().load(), command));
    }

    private Object set(Call call) throws Exception {
        Requests.Set request = call.body(Requests.Set.class);
        Environment environment = decisions.environment(call.path("environment"));
        var target = new Upgrades.Target(overridden(environment.application(), request.overrides()), TreePMap.empty());
        List<String> changes =
                Changes.of(decisions.state(), environment.name(), target.application(), target.digests());
        if (changes.stream().allMatch(change -> change.startsWith(" "))) {
            return new Answers.Change("", List.of());
        }
        return decisions.change(
                call, upgrades.command(call.by(), environment, target, request.timeoutSeconds()), changes);
    }

    private Object pause(Call call) throws Exception {
        Environment environment = decisions.environment(call.path("environment"));
        var command = new Command.Sleep(call.by(), System.currentTimeMillis(), environment.name(), "");
        return decisions.change(
                call, command, List.of("~ environment " + environment.name() + " goes to sleep; its data stays"));
    }

    private Object wake(Call call) throws Exception {
        Environment environment = decisions.environment(call.path("environment"));
        long now = System.currentTimeMillis();
        var command = new Command.Wake(
                call.by(), now, decisions.newId(), EnvironmentEndpoints.deadline(now, 0), environment.name(), "");
        return decisions.change(call, command, List.of("~ environment " + environment.name() + " wakes up"));
    }

    private Object life(Call call) throws Exception {
        Requests.Life request = call.body(Requests.Life.class);
        Environment environment = decisions.environment(call.path("environment"));
        long now = System.currentTimeMillis();
        checkLife(
                request.sleepAfterSeconds().orElse(0),
                request.expiresInSeconds().orElse(0));
        OptionalLong sleepAfter = request.sleepAfterSeconds().stream()
                .map(seconds -> seconds * 1_000)
                .findFirst();
        OptionalLong expiresAt = request.expiresInSeconds().stream()
                .map(seconds -> seconds == 0 ? 0 : now + seconds * 1_000)
                .findFirst();
        var command =
                new Command.SetLife(call.by(), now, environment.name(), sleepAfter, expiresAt, request.isProtected());
        return decisions.change(call, command, List.of("~ environment " + environment.name() + ": how long it lives"));
    }

    private static void checkLife(long sleepAfterSeconds, long expiresInSeconds) throws Refusal {
        boolean nap = sleepAfterSeconds != 0 && sleepAfterSeconds < Requests.Life.LEAST_SLEEP_SECONDS;
        if (nap || sleepAfterSeconds > Requests.Life.MOST_SECONDS) {
            throw Refusal.invalid("An environment goes to sleep after " + Requests.Life.LEAST_SLEEP_SECONDS
                    + " seconds to ten years without a request, or 0 for never; not after " + sleepAfterSeconds);
        }
        if (expiresInSeconds < 0 || expiresInSeconds > Requests.Life.MOST_SECONDS) {
            throw Refusal.invalid(
                    "An environment expires within ten years, or 0 for never; not in " + expiresInSeconds + " seconds");
        }
    }

    private static ApplicationSpec overridden(ApplicationSpec application, TreePMap<String, String> overrides)
            throws Refusal {
        if (overrides.isEmpty()) {
            throw Refusal.invalid("Say what to set: SERVICE.image=IMAGE, for one");
        }
        try {
            return ServiceOverride.all(application, overrides);
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(String.valueOf(e.getMessage()));
        }
    }

    private Object differences(Call call) throws Exception {
        Environment branch = decisions.environment(call.path("environment"));
        Origin origin = branch.origin()
                .orElseThrow(() -> Refusal.of(
                        409,
                        "conflict",
                        "Not a branch",
                        "Environment " + branch.name() + " is not a branch: it differs from nothing"));
        List<Answers.Difference> differences = new ArrayList<>();
        for (ServiceOverride own :
                ServiceOverride.between(origin.services(), branch.application().services())) {
            ServiceSpec before = origin.services().get(own.service());
            differences.add(new Answers.Difference(own.key(), before == null ? "" : own.in(before), own.value()));
        }
        for (String service : branch.application().services().keySet()) {
            if (!origin.services().containsKey(service)) {
                differences.add(new Answers.Difference(service, "", "only here"));
            }
        }
        for (String service : origin.services().keySet()) {
            if (!branch.application().services().containsKey(service)) {
                differences.add(new Answers.Difference(service, "only there", ""));
            }
        }
        List<Status.Volume> volumes = new ArrayList<>();
        for (String id : branch.volumes().values()) {
            var volume = decisions.state().volume(id);
            if (volume.isPresent()) {
                volumes.add(nodes.withUsage(decisions.views().volume(volume.get())));
            }
        }
        return new Answers.Differences(
                branch.name(),
                Views.origin(origin),
                List.copyOf(differences),
                List.copyOf(volumes),
                call.flag("files") ? files(branch) : List.of());
    }

    /// Since the branch was made, or refreshed.
    private List<Answers.VolumeFiles> files(Environment branch) throws Refusal, InterruptedException {
        List<Answers.VolumeFiles> files = new ArrayList<>();
        Optional<Checkpoint> made = Optional.ofNullable(branch.checkpoints().get(Checkpoint.ORIGIN));
        for (var entry : branch.volumes().entrySet()) {
            Optional<SnapshotId> since = made.flatMap(
                    checkpoint -> Optional.ofNullable(checkpoint.volumes().get(entry.getKey())));
            Optional<Volume> volume = decisions.state().volume(entry.getValue());
            if (since.isPresent() && volume.isPresent()) {
                files.add(nodes.files(volume.get(), since.get(), MOST_FILES));
            } else {
                files.add(new Answers.VolumeFiles(entry.getKey(), List.of(), false, "it is only in the branch"));
            }
        }
        return files;
    }
}
