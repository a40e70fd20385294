package io.flocker.control.api.job;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.spec.ScheduleSpec;
import io.flocker.core.spec.StepSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Schedules: shown with their history, run, paused and resumed. What they are is declared with the environment.
public final class ScheduleEndpoints {
    private static final String SCHEDULE = "/v2/environments/{environment}/schedules/{schedule}";

    private final Decisions decisions;

    public ScheduleEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/schedules",
                        Right.READ,
                        "Schedules with their last runs.",
                        List.of("environment: only this one's"),
                        Void.class,
                        Answers.Schedules.class,
                        this::all),
                new Endpoint(
                        "GET",
                        SCHEDULE,
                        Right.READ,
                        "One schedule with its last runs.",
                        List.of("run: the number of a run to wait for", "wait: seconds to wait for its end"),
                        Void.class,
                        Status.Schedule.class,
                        this::one),
                new Endpoint(
                        "POST",
                        SCHEDULE + "/runs",
                        Right.CHANGE,
                        "Run a schedule now. Its first run in the answer is the one begun.",
                        List.of(),
                        Requests.Name.class,
                        Status.Schedule.class,
                        this::run),
                new Endpoint(
                        "PATCH",
                        SCHEDULE,
                        Right.CHANGE,
                        "Pause or resume a schedule. What came due while it was paused is not run.",
                        List.of(),
                        Requests.PauseSchedule.class,
                        Status.Schedule.class,
                        this::pause));
    }

    private Object all(Call call) {
        String only = call.query("environment", "");
        return new Answers.Schedules(decisions.state().environments().values().stream()
                .filter(environment -> only.isEmpty() || environment.name().equals(only))
                .flatMap(environment -> environment.application().schedules().entrySet().stream()
                        .map(entry -> shown(environment, entry.getKey(), entry.getValue())))
                .toList());
    }

    private Object one(Call call) throws Exception {
        find(call);
        long number = call.number("run", 0, 0, Long.MAX_VALUE);
        String key = Schedule.key(call.path("environment"), call.path("schedule"));
        if (number > 0) {
            decisions.await(
                    call.number("wait", 0, 0, 60) * 1_000,
                    () -> Optional.ofNullable(decisions.state().schedules().get(key))
                            .flatMap(schedule ->
                                    Optional.ofNullable(schedule.runs().get(number)))
                            .filter(ScheduleRun::running)
                            .isEmpty());
        }
        return find(call);
    }

    private Object run(Call call) throws Exception {
        call.body(Requests.Name.class);
        decisions.require(
                call,
                new Command.RunSchedule(
                        call.by(), System.currentTimeMillis(), call.path("environment"), call.path("schedule")));
        return find(call);
    }

    private Object pause(Call call) throws Exception {
        boolean paused = call.body(Requests.PauseSchedule.class).paused();
        decisions.require(
                call,
                new Command.PauseSchedule(
                        call.by(),
                        System.currentTimeMillis(),
                        call.path("environment"),
                        call.path("schedule"),
                        paused));
        return find(call);
    }

    private Status.Schedule find(Call call) throws Refusal {
        Environment environment = decisions.environment(call.path("environment"));
        String name = call.path("schedule");
        ScheduleSpec spec = environment.application().schedules().get(name);
        if (spec == null) {
            throw Refusal.notFound("Environment " + environment.name() + " has no schedule \"" + name + "\"; it has "
                    + (environment.application().schedules().isEmpty()
                            ? "none: x-flocker: {schedules: ...} in its file makes them"
                            : String.join(
                                    ", ", environment.application().schedules().keySet())));
        }
        return shown(environment, name, spec);
    }

    private Status.Schedule shown(Environment environment, String name, ScheduleSpec spec) {
        Optional<Schedule> known =
                Optional.ofNullable(decisions.state().schedules().get(Schedule.key(environment.name(), name)));
        return new Status.Schedule(
                environment.name(),
                name,
                spec.cron(),
                spec.zone(),
                spec.overlap().name().toLowerCase(Locale.ROOT),
                spec.steps().stream().map(StepSpec::toString).toList(),
                spec.notifyUrl(),
                known.map(Schedule::dueMillis).orElse(0L),
                known.filter(Schedule::paused).isPresent(),
                known.filter(it -> it.queuedMillis() > 0).isPresent(),
                List.copyOf(known.map(Schedule::runs)
                        .orElse(TreePMap.empty())
                        .descendingMap()
                        .values()));
    }
}
