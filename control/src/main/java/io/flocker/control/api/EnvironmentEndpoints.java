package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.user.DataQuota;
import io.flocker.control.view.Changes;
import io.flocker.control.watch.Watcher;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.Environment;
import io.flocker.core.schedule.ScheduleRules;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Environments: deploy, remove, restart, checkpoint, roll back.
final class EnvironmentEndpoints {
    private static final String ENVIRONMENT = "/v2/environments/{environment}";
    private static final String DRY_RUN = "dryRun: true to only tell what would be done";

    /// A move copies data: it gets longer than other operations.
    private static final long MOVE_SECONDS = 3_600;

    private final Decisions decisions;
    private final Upgrades upgrades;
    private final Watcher watcher;
    private final DataQuota data;

    EnvironmentEndpoints(Decisions decisions, Upgrades upgrades, Watcher watcher, DataQuota data) {
        this.data = data;
        this.decisions = decisions;
        this.upgrades = upgrades;
        this.watcher = watcher;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/environments",
                        Right.READ,
                        "All environments with their services, instances and volumes.",
                        List.of(),
                        Void.class,
                        Answers.Environments.class,
                        this::all),
                new Endpoint(
                        "GET",
                        ENVIRONMENT,
                        Right.READ,
                        "One environment. ETag tells its version.",
                        List.of(),
                        Void.class,
                        Status.Environment.class,
                        this::one),
                new Endpoint(
                        "GET",
                        ENVIRONMENT + "/application",
                        Right.READ,
                        "What the environment was last told to run; secrets are left out.",
                        List.of(),
                        Void.class,
                        ApplicationSpec.class,
                        this::application),
                new Endpoint(
                        "PUT",
                        ENVIRONMENT,
                        Right.CHANGE,
                        "Make the environment run an application. Honours If-Match (0: must not exist yet).",
                        List.of(DRY_RUN),
                        Requests.Deploy.class,
                        Answers.Change.class,
                        this::deploy),
                new Endpoint(
                        "DELETE",
                        ENVIRONMENT,
                        Right.CHANGE,
                        "Stop and remove the environment's services.",
                        List.of(DRY_RUN, "volumes: true to delete its data too"),
                        Void.class,
                        Answers.Change.class,
                        this::remove),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/restart",
                        Right.CHANGE,
                        "Restart services.",
                        List.of(DRY_RUN),
                        Requests.Restart.class,
                        Answers.Change.class,
                        this::restart),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/move",
                        Right.CHANGE,
                        "Bring a service with its volumes, or a volume that no service uses, to another node.",
                        List.of(DRY_RUN),
                        Requests.Move.class,
                        Answers.Change.class,
                        this::move),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/rollback",
                        Right.CHANGE,
                        "Bring volumes (and services) back to a checkpoint, snapshots or a moment.",
                        List.of(DRY_RUN),
                        Requests.RollBack.class,
                        Answers.Change.class,
                        this::rollBack),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/checkpoints",
                        Right.CHANGE,
                        "Take a snapshot of every volume at one moment. Answers when it is complete.",
                        List.of("wait: seconds to wait for it, 30 if not said"),
                        Requests.Name.class,
                        Checkpoint.class,
                        this::checkpoint),
                new Endpoint(
                        "DELETE",
                        ENVIRONMENT + "/checkpoints/{checkpoint}",
                        Right.CHANGE,
                        "Forget a checkpoint and delete its snapshots.",
                        List.of(),
                        Void.class,
                        Answers.Change.class,
                        this::deleteCheckpoint));
    }

    private Object all(Call call) {
        Views views = decisions.views();
        return new Answers.Environments(decisions.state().environments().values().stream()
                .map(environment -> views.environment(environment, watcher.problems(decisions.state(), environment)))
                .toList());
    }

    private Object one(Call call) throws Refusal {
        Environment environment = decisions.environment(call.path("environment"));
        call.response().header("ETag", "\"" + environment.version() + "\"");
        return decisions.views().environment(environment, watcher.problems(decisions.state(), environment));
    }

    private Object application(Call call) throws Refusal {
        ApplicationSpec application =
                decisions.environment(call.path("environment")).application();
        TreePMap<String, FileSpec> open = application.files();
        for (var file : application.files().entrySet()) {
            if (file.getValue().secret()) {
                open = open.plus(file.getKey(), new FileSpec("", true));
            }
        }
        return new ApplicationSpec(application.services(), application.volumes(), open, application.schedules());
    }

    private Object deploy(Call call) throws Exception {
        Requests.Deploy request = call.body(Requests.Deploy.class);
        String name = call.path("environment");
        List<String> notes = new ArrayList<>();
        ApplicationSpec application = Upgrades.following(decisions.state().environment(name), request.application());
        decisions.refuseReach(
                call,
                application,
                decisions
                        .state()
                        .environment(name)
                        .map(Environment::application)
                        .orElse(ApplicationSpec.EMPTY));
        if (decisions.state().environment(name).isEmpty()) {
            data.refuseMore(name, call.by());
        }
        Optional<String> objection = ScheduleRules.objection(application);
        if (objection.isPresent()) {
            throw Refusal.invalid(objection.get());
        }
        TreePMap<String, String> digests = upgrades.followed(name, application, notes);
        long now = System.currentTimeMillis();
        Command command = new Command.Deploy(
                call.by(),
                now,
                decisions.newId(),
                deadline(now, request.timeoutSeconds()),
                name,
                application,
                digests,
                call.ifMatch());
        List<String> changes = new ArrayList<>(Changes.of(decisions.state(), name, application, digests));
        changes.addAll(notes);
        return decisions.change(call, command, changes);
    }

    static long deadline(long nowMillis, long timeoutSeconds) {
        return nowMillis + 1_000L * (timeoutSeconds == 0 ? 600 : Math.clamp(timeoutSeconds, 1, 86_400));
    }

    private Object remove(Call call) throws Exception {
        String name = call.path("environment");
        Environment environment = decisions.environment(name);
        List<String> changes = new ArrayList<>();
        environment.services().keySet().forEach(service -> changes.add("- service " + service));
        environment
                .volumes()
                .keySet()
                .forEach(volume -> changes.add(
                        call.flag("volumes")
                                ? "- volume " + volume + " and its snapshots"
                                : "  volume " + volume + " is kept"));
        long now = System.currentTimeMillis();
        return decisions.change(
                call,
                new Command.Remove(call.by(), now, decisions.newId(), deadline(now, 0), name, call.flag("volumes")),
                changes);
    }

    private Object restart(Call call) throws Exception {
        Requests.Restart request = call.body(Requests.Restart.class);
        String name = call.path("environment");
        List<String> services = request.services().isEmpty()
                ? List.copyOf(decisions.environment(name).services().keySet())
                : request.services();
        long now = System.currentTimeMillis();
        return decisions.change(
                call,
                new Command.Restart(
                        call.by(),
                        now,
                        decisions.newId(),
                        deadline(now, request.timeoutSeconds()),
                        name,
                        request.services()),
                services.stream()
                        .map(service -> "~ service " + service + " restarts")
                        .toList());
    }

    private Object move(Call call) throws Exception {
        Requests.Move request = call.body(Requests.Move.class);
        long now = System.currentTimeMillis();
        Command command = new Command.Move(
                call.by(),
                now,
                decisions.newId(),
                deadline(now, request.timeoutSeconds() == 0 ? MOVE_SECONDS : request.timeoutSeconds()),
                call.path("environment"),
                request.service(),
                request.volume(),
                "",
                request.to());
        return decisions.change(call, command, Changes.ofMove(decisions.state(), command));
    }

    private Object rollBack(Call call) throws Exception {
        Requests.RollBack request = call.body(Requests.RollBack.class);
        Environment environment = decisions.environment(call.path("environment"));
        RollBackTargets targets = RollBackTargets.resolve(decisions.state(), environment, request);
        return targets.start(decisions, call, environment, request.timeoutSeconds());
    }

    private Object checkpoint(Call call) throws Exception {
        Requests.Name request = call.body(Requests.Name.class);
        String environment = call.path("environment");
        decisions.require(
                call,
                new Command.CreateCheckpoint(
                        call.by(), System.currentTimeMillis(), environment, request.name(), false));
        decisions.await(
                call.number("wait", 30, 0, 60) * 1_000,
                () -> find(environment, request.name())
                        .filter(checkpoint -> checkpoint.state() == Checkpoint.State.REQUESTED)
                        .isEmpty());
        Checkpoint taken = find(environment, request.name())
                .orElseThrow(
                        () -> Refusal.notFound("Checkpoint " + request.name() + " was deleted while it was taken"));
        if (taken.state() == Checkpoint.State.FAILED) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not taken",
                    "Checkpoint " + taken.name() + " of " + environment + " could not be taken: " + taken.problem());
        }
        return taken.outline();
    }

    private Optional<Checkpoint> find(String environment, String checkpoint) {
        return decisions
                .state()
                .environment(environment)
                .flatMap(found -> Optional.ofNullable(found.checkpoints().get(checkpoint)));
    }

    private Object deleteCheckpoint(Call call) throws Exception {
        decisions.require(
                call,
                new Command.DeleteCheckpoint(
                        call.by(), System.currentTimeMillis(), call.path("environment"), call.path("checkpoint")));
        return new Answers.Change("", List.of("- checkpoint " + call.path("checkpoint")));
    }
}
