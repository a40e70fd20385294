package io.flocker.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.access.Role;
import io.flocker.core.access.User;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Checkpoint;
import io.flocker.core.model.JobResult;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.ApplicationSpec;
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
import io.flocker.core.spec.StepSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Runs of jobs, and of schedules of every minute that run one and take a checkpoint.
class ScheduleTest {
    private static final long MINUTE = 60_000;
    private static final String KEY = "staging/tick";

    @Test
    void aRunIsAnOperationThatEndsWithItsContainer() {
        ClusterState state = after(deployed(ScheduleSpec.Overlap.SKIP), run("op"));
        assertThat(refusal(state, run("other"))).contains("operation op (run, started by ann) is changing it");
        state = after(state, new Command.Advance(2, "op", Phase.PREPARE));
        state = after(state, new Command.RecordRun(3, "op", JobResult.NONE.startedAt(3)));
        assertThat(refusal(state, new Command.RecordRun(4, "op", JobResult.NONE.startedAt(4))))
                .contains("out of date");
        state = after(
                state,
                new Command.RecordRun(5, "op", JobResult.NONE.startedAt(3).endedAt(5, 3, "half\n")));
        Operation ended = state.operation("op").orElseThrow();
        assertThat(ended.state()).isEqualTo(Operation.State.FAILED);
        assertThat(ended.error()).isEqualTo("import ended with exit code 3");
        JobResult result = ((Operation.Kind.Run) ended.kind()).result();
        assertThat(result.log()).isEqualTo("half\n");
        assertThat(result.kept()).isTrue();
        // The next run takes the place of its container.
        state = after(state, run("next"));
        assertThat(((Operation.Kind.Run) state.operation("op").orElseThrow().kind())
                        .result()
                        .kept())
                .isFalse();
    }

    @Test
    void whatHasStartedIsStoppedBeforeItIsCancelled() {
        ClusterState state = after(deployed(ScheduleSpec.Overlap.SKIP), run("op"));
        state = after(state, new Command.Advance(2, "op", Phase.PREPARE));
        state = after(state, new Command.Cancel("ann", 3, "op"));
        assertThat(state.operation("op").orElseThrow().running()).isTrue();
        state = after(
                state,
                new Command.RecordRun(5, "op", JobResult.NONE.startedAt(3).endedAt(5, 143, "")));
        assertThat(state.operation("op").orElseThrow().state()).isEqualTo(Operation.State.CANCELLED);
    }

    @Test
    void refusesWhatIsNoJobOrHasInstances() {
        ClusterState state = deployed(ScheduleSpec.Overlap.SKIP);
        assertThat(refusal(state, run("op", "db"))).contains("db of staging runs by itself; its jobs are import");
        assertThat(refusal(state, run("op", "imprt"))).contains("no service \"imprt\"; its jobs are import");
        ApplicationSpec application = application();
        ServiceSpec job =
                Optional.ofNullable(application.services().get("import")).orElseThrow();
        assertThat(refusal(state, deploy("scale", application.with("import", job.with(2, PlacementSpec.ANYWHERE)))))
                .contains("is a job", "flocker run import");
    }

    @Test
    void eachDueTimeIsTakenOnceAndTheCheckpointIsReplacedOnlyWhenItIsComplete() {
        ClusterState state = planned(deployed(ScheduleSpec.Overlap.SKIP));
        Planned.StartSchedule start = (Planned.StartSchedule) only(state, MINUTE);
        assertThat(start.dueMillis()).isEqualTo(MINUTE);
        state = after(state, start);
        assertThat(refusal(state, start)).contains("out of date");

        state = step(state, MINUTE + 1);
        state = jobEnds(state, 0);
        state = step(state, MINUTE + 2);
        state = step(state, MINUTE + 3);
        assertThat(checkpoints(state)).containsKey("fresh.next").doesNotContainKey("fresh");
        assertThat(SchedulePlanner.due(state, MINUTE + 4)).isEmpty();
        state = step(confirmed(state), MINUTE + 5);
        assertThat(checkpoints(state)).containsKey("fresh").doesNotContainKey("fresh.next");
        assertThat(fresh(state).automatic()).isFalse();
        assertThat(last(state).state()).isEqualTo(ScheduleRun.State.DONE);
        long fresh = fresh(state).createdAtMillis();

        // A job that fails leaves the checkpoint as it was.
        state = step(after(state, only(state, 2 * MINUTE)), 2 * MINUTE + 1);
        state = step(jobEnds(state, 3), 2 * MINUTE + 2);
        assertThat(last(state).state()).isEqualTo(ScheduleRun.State.FAILED);
        assertThat(last(state).error()).contains("run import", "exit code 3");
        assertThat(last(state).notifyUrl()).isEqualTo("http://127.0.0.1:1/");
        assertThat(last(state).steps().getFirst().log()).isEqualTo("printed\n");
        assertThat(fresh(state).createdAtMillis()).isEqualTo(fresh);
        state = after(state, new Planned.ToldSchedule(2 * MINUTE + 3, "staging", "tick", 2, "refused"));
        assertThat(last(state).notifyUrl()).isEmpty();
    }

    @Test
    void ofDueTimesThatNobodyLedAtTheLastOneIsRunLate() {
        ClusterState state = planned(deployed(ScheduleSpec.Overlap.SKIP));
        state = after(state, only(state, 5 * MINUTE + 7));
        assertThat(last(state).dueMillis()).isEqualTo(5 * MINUTE);
        assertThat(state.events().values()).anyMatch(event -> event.text().contains("missed while nobody led"));
        assertThat(schedule(state).dueMillis()).isEqualTo(6 * MINUTE);
    }

    @Test
    void whileTheLastRunGoesOnADueTimeIsSkippedOrWaits() {
        ClusterState state = planned(deployed(ScheduleSpec.Overlap.SKIP));
        state = after(state, only(state, MINUTE));
        state = step(state, MINUTE + 1);
        ClusterState skipped = after(state, only(state, 2 * MINUTE));
        assertThat(last(skipped).state()).isEqualTo(ScheduleRun.State.SKIPPED);
        assertThat(refusal(skipped, new Command.RunSchedule("ann", 2 * MINUTE, "staging", "tick")))
                .contains("is running already");

        state = planned(deployed(ScheduleSpec.Overlap.QUEUE));
        state = after(state, only(state, MINUTE));
        state = step(state, MINUTE + 1);
        state = after(state, only(state, 2 * MINUTE));
        assertThat(schedule(state).queuedMillis()).isEqualTo(2 * MINUTE);
        state = step(jobEnds(state, 1), 2 * MINUTE + 1);
        assertThat(last(state).dueMillis()).isEqualTo(2 * MINUTE);
        assertThat(last(state).state()).isEqualTo(ScheduleRun.State.RUNNING);
        assertThat(schedule(state).queuedMillis()).isZero();
    }

    @Test
    void aPausedOneIsNotDueAndAClockSetBackRepeatsNothing() {
        ClusterState state = planned(deployed(ScheduleSpec.Overlap.SKIP));
        state = after(state, only(state, MINUTE));
        state = step(state, MINUTE + 1);
        state = step(jobEnds(state, 1), MINUTE + 2);
        state = after(state, new Command.PauseSchedule("ann", MINUTE + 3, "staging", "tick", true));
        assertThat(SchedulePlanner.due(state, 9 * MINUTE)).isEmpty();
        state = after(state, new Command.PauseSchedule("ann", MINUTE + 3, "staging", "tick", false));
        state = after(state, only(state, 1_000));
        assertThat(schedule(state).dueMillis()).isEqualTo(2 * MINUTE);
    }

    @Test
    void oneThatIsDeclaredNoLongerIsForgotten() {
        ClusterState state = planned(deployed(ScheduleSpec.Overlap.SKIP));
        state = after(state, deploy("without", application()));
        assertThat(only(state, 2)).isInstanceOf(Planned.ForgetSchedule.class);
        assertThat(after(state, only(state, 2)).schedules()).isEmpty();
    }

    @Test
    void refusesSchedulesThatCannotBe() {
        assertThat(ScheduleRules.objection(application()
                        .withSchedules(TreePMap.singleton(
                                "x", new ScheduleSpec("bad", "UTC", List.of(), ScheduleSpec.Overlap.SKIP, "")))))
                .contains("Schedule x: it may have 1 to 50 steps, not 0");
    }

    @Test
    void aDevelopersScheduleDoesNothingToWhatIsSomebodyElses() {
        ClusterState state = deployed(ScheduleSpec.Overlap.SKIP);
        var refresh = new ScheduleSpec(
                "* * * * *", "UTC", List.of(new StepSpec.Refresh(List.of("bobs"))), ScheduleSpec.Overlap.SKIP, "");
        state = after(state, deploy("again", application().withSchedules(TreePMap.singleton("tick", refresh))));
        state = after(state, new Command.Finish(1, "again", Operation.State.DONE, ""));
        state = after(
                state,
                new Command.Deploy(
                        "bob", 1, "bobs", 9_000, "bobs", application(), TreePMap.empty(), OptionalLong.empty()));
        state = after(state, new Command.Finish(1, "bobs", Operation.State.DONE, ""));
        ClusterState free = planned(state);
        assertThat(refreshed(free)).contains("bobs").doesNotContain("not test's");

        var developer = new User("test", Role.DEVELOPER, TreePMap.empty(), "root", 1);
        assertThat(refreshed(after(free, new Command.AddUser("root", 2, developer))))
                .contains("bobs: it is not test's, whose schedule this is");
    }

    @Test
    void whatADevelopersScheduleWouldDoToOthersWaitsForTheNewOwnersWord() {
        ClusterState state = deployed(ScheduleSpec.Overlap.SKIP);
        var steps = List.of(
                new StepSpec.Run("import", List.of()), (StepSpec) new StepSpec.Refresh(List.of("production-copy")));
        TreePMap<String, ScheduleSpec> schedules = TreePMap.empty();
        for (String name : List.of("tick", "unplanned")) {
            schedules =
                    schedules.plus(name, new ScheduleSpec("* * * * *", "UTC", steps, ScheduleSpec.Overlap.SKIP, ""));
        }
        var harmless = new ScheduleSpec("* * * * *", "UTC", List.of(steps.getFirst()), ScheduleSpec.Overlap.SKIP, "");
        schedules = schedules.plus("harmless", harmless);
        state = after(state, deploy("again", application().withSchedules(schedules)));
        state = after(state, new Command.Finish(1, "again", Operation.State.DONE, ""));
        state = after(state, new Planned.PlanSchedule(1, "staging", "tick", "* * * * *", "UTC", MINUTE));
        ClusterState roots = after(state, new Command.GiveEnvironment("root", MINUTE, "staging", "admin"));
        assertThat(schedule(roots).paused())
                .as("whoever wrote it could do it anyway")
                .isFalse();

        state = after(
                state, new Command.AddUser("root", 2, new User("test", Role.DEVELOPER, TreePMap.empty(), "root", 1)));
        state = after(state, new Command.RunSchedule("test", MINUTE, "staging", "tick"));
        state = step(state, MINUTE + 1);
        state = after(state, new Command.GiveEnvironment("test", MINUTE + 2, "staging", "root"));
        assertThat(last(state).error()).isEqualTo("the environment was given to root meanwhile");
        assertThat(state.schedules().values())
                .filteredOn(Schedule::paused)
                .extracting(Schedule::name)
                .containsExactly("tick", "unplanned");
        assertThat(SchedulePlanner.due(state, 9 * MINUTE))
                .allMatch(command -> String.valueOf(command).contains("harmless"));
        assertThat(state.events().values())
                .anyMatch(event -> event.text().contains("flocker schedule resume staging/tick has it go on"));
    }

    /// How the step of a run went.
    private static String refreshed(ClusterState state) {
        ClusterState begun = step(after(state, only(state, MINUTE)), MINUTE + 1);
        return last(begun).steps().getFirst().error();
    }

    private static Command only(ClusterState state, long nowMillis) {
        return SchedulePlanner.due(state, nowMillis).getLast();
    }

    private static ClusterState step(ClusterState state, long nowMillis) {
        return after(state, SchedulePlanner.due(state, nowMillis).getFirst());
    }

    private static ClusterState planned(ClusterState state) {
        ClusterState planned = after(state, only(state, 1));
        assertThat(schedule(planned).dueMillis()).isEqualTo(MINUTE);
        return planned;
    }

    private static ClusterState jobEnds(ClusterState state, int exitCode) {
        Operation run = state.operations().values().stream()
                .filter(operation -> operation.running() && operation.kind() instanceof Operation.Kind.Run)
                .findFirst()
                .orElseThrow();
        return after(
                state,
                new Command.RecordRun(1, run.id(), JobResult.NONE.startedAt(1).endedAt(2, exitCode, "printed\n")));
    }

    private static ClusterState confirmed(ClusterState state) {
        Volume data = state.volume("staging", "data").orElseThrow();
        return after(
                state,
                new Command.ConfirmSnapshots(
                        1,
                        data.snapshots().values().stream()
                                .map(snapshot -> new Command.Taken(snapshot.id(), 1, 0))
                                .toList()));
    }

    private static TreePMap<String, Checkpoint> checkpoints(ClusterState state) {
        return state.environment("staging").orElseThrow().checkpoints();
    }

    private static Checkpoint fresh(ClusterState state) {
        return Optional.ofNullable(checkpoints(state).get("fresh")).orElseThrow();
    }

    private static Schedule schedule(ClusterState state) {
        return Optional.ofNullable(state.schedules().get(KEY)).orElseThrow();
    }

    private static ScheduleRun last(ClusterState state) {
        return schedule(state).runs().lastEntry().getValue();
    }

    private static Command.Run run(String operation) {
        return run(operation, "import");
    }

    private static Command.Run run(String operation, String service) {
        return new Command.Run("ann", 2, operation, 9_000, "staging", service, List.of(), TreePMap.empty());
    }

    private static ClusterState deployed(ScheduleSpec.Overlap overlap) {
        ClusterState state = after(
                ClusterState.EMPTY,
                new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        var tick = new ScheduleSpec(
                "* * * * *",
                "UTC",
                List.of(new StepSpec.Run("import", List.of()), new StepSpec.Checkpoint("fresh")),
                overlap,
                "http://127.0.0.1:1/");
        state = after(state, deploy("first", application().withSchedules(TreePMap.singleton("tick", tick))));
        state = after(state, new Command.Advance(1, "first", Phase.PREPARE));
        return after(state, new Command.Finish(1, "first", Operation.State.DONE, ""));
    }

    private static ApplicationSpec application() {
        return new ApplicationSpec(
                TreePMap.singleton("db", spec("db:1"))
                        .plus("import", spec("import:1").asJob(JobSpec.PLAIN)),
                TreePMap.singleton("data", VolumeSpec.PLAIN),
                TreePMap.empty());
    }

    private static Command.Deploy deploy(String operation, ApplicationSpec application) {
        return new Command.Deploy(
                "test", 1, operation, 9_000, "staging", application, TreePMap.empty(), OptionalLong.empty());
    }

    private static ServiceSpec spec(String image) {
        return new ServiceSpec(
                image,
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(),
                List.of(),
                List.of(new Mount.Volume("data", "/data", false)),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                1,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }

    private static ClusterState after(ClusterState state, Command command) {
        Outcome outcome = state.after(command);
        assertThat(outcome).as(String.valueOf(command)).isInstanceOf(Outcome.Accepted.class);
        return ((Outcome.Accepted) outcome).state();
    }

    private static String refusal(ClusterState state, Command command) {
        Outcome outcome = state.after(command);
        assertThat(outcome).as(String.valueOf(command)).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused) outcome).message();
    }
}
