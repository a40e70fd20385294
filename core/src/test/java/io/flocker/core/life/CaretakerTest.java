package io.flocker.core.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Event;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import io.flocker.core.model.Snapshot;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Sighting;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// Environments that nobody talks to, that somebody waits for, and whose time is over.
class CaretakerTest {
    private static final long MINUTE = 60_000;
    private static final long DAY = 1_440 * MINUTE;

    private final Caretaker caretaker = new Caretaker();
    private final List<Command> commands = new ArrayList<>();
    private long now = 1_000_000;
    private ClusterState state = begun();
    private TreePMap<String, Long> used = TreePMap.empty();
    private List<String> wanted = List.of();
    private boolean heard = true;

    @Test
    void anEnvironmentSleepsAfterNobodyHasTalkedToItForSoLong() {
        state = after(life("alice", OptionalLong.of(10 * MINUTE), OptionalLong.empty(), Optional.empty()));
        run(6 * MINUTE);
        used = used.plus("alice", 77L);
        run(9 * MINUTE);
        assertThat(commands).isEmpty();
        run(2 * MINUTE);

        assertThat(commands).hasSize(1).first().isInstanceOf(Command.Sleep.class);
        assertThat(environment("alice").life().asleep()).isTrue();
        assertThat(assigned().instances().values())
                .filteredOn(instance -> instance.environment().equals("alice"))
                .isNotEmpty()
                .allMatch(Assignment.WantedInstance::suspended);
        assertThat(told()).contains("Goes to sleep: nobody has talked to it for 10 min");
    }

    @Test
    void nothingSleepsWhileANodeIsSilentOrAnOperationRuns() {
        state = after(life("alice", OptionalLong.of(MINUTE), OptionalLong.empty(), Optional.empty()));
        heard = false;
        run(5 * MINUTE);
        assertThat(commands).isEmpty();
        heard = true;
        state = after(new Command.Restart("ann", now, "r", now + DAY, "alice", List.of()));
        run(5 * MINUTE);
        assertThat(commands).isEmpty();
        state = after(new Command.Finish(now, "r", Operation.State.DONE, ""));
        run(2 * MINUTE);
        assertThat(commands).hasSize(1);
    }

    @Test
    void whoeverConnectsWakesItUpAndItStartsAfresh() {
        long restarts = restarts();
        state = after(new Command.Sleep("ann", now, "alice", ""));
        run(MINUTE);
        assertThat(commands).isEmpty();
        wanted = List.of("alice");
        run(MINUTE);

        assertThat(commands).hasSize(1).first().isInstanceOf(Command.Wake.class);
        assertThat(environment("alice").life().asleep()).isFalse();
        assertThat(restarts()).isEqualTo(restarts + 1);
        Operation waking = state.running("alice").orElseThrow();
        assertThat(waking.verb()).isEqualTo("wake");
        assertThat(told()).contains("Wakes up: somebody connects to it on n1");
    }

    @Test
    void whatAnOperationChangesWakesUp() {
        state = after(new Command.Sleep("ann", now, "alice", ""));
        assertThat(refusal(new Command.Sleep("ann", now, "alice", ""))).contains("is asleep already");
        state = after(new Command.Restart("ann", now, "r", now + DAY, "alice", List.of()));
        assertThat(environment("alice").life().asleep()).isFalse();
        assertThat(refusal(new Command.Sleep("ann", now, "alice", ""))).contains("Cannot pause alice");
        assertThat(refusal(new Command.Wake("ann", now, "w", now + DAY, "alice", "")))
                .contains("is awake");
        state = after(new Command.Sleep("ann", now, "staging", ""));
        state = after(new Command.Remove("ann", now, "gone", now + DAY, "staging", false));
        assertThat(environment("staging").life().asleep())
                .as("what goes need not wake up")
                .isTrue();
    }

    @Test
    void aBranchExpiresAfterAWarningUnlessItIsExtendedOrProtected() {
        state = after(life("alice", OptionalLong.empty(), OptionalLong.of(now + 10 * DAY), Optional.empty()));
        run(9 * DAY + 60 * MINUTE);
        assertThat(commands).hasSize(1).first().isInstanceOf(Command.WarnOfExpiry.class);
        assertThat(told().getLast()).contains("flocker env extend alice keeps it longer");

        state = after(life("alice", OptionalLong.empty(), OptionalLong.of(now + 3 * DAY), Optional.of(true)));
        run(5 * DAY);
        assertThat(commands).hasSize(1);
        assertThat(refusal(new Command.Remove("ann", now, "gone", now + DAY, "alice", true)))
                .contains("flocker env protect --off alice");
        state = after(life("alice", OptionalLong.empty(), OptionalLong.empty(), Optional.of(false)));
        run(MINUTE);

        assertThat(commands).hasSize(2).last().isInstanceOf(Command.Remove.class);
        assertThat(state.running("alice").orElseThrow().verb()).isEqualTo("remove");
        assertThat(refusal(life("staging", OptionalLong.empty(), OptionalLong.of(now), Optional.empty())))
                .contains("only branches expire");
    }

    private Command life(
            String environment, OptionalLong sleepAfter, OptionalLong expiresAt, Optional<Boolean> isProtected) {
        return new Command.SetLife("ann", now, environment, sleepAfter, expiresAt, isProtected);
    }

    private void run(long millis) {
        long step = Math.max(1_000, millis / 500);
        for (long end = now + millis; now < end; now += step) {
            var observed = new Observed(
                    TreePMap.empty(),
                    TreePMap.empty(),
                    List.of(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    "",
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    wanted,
                    used,
                    List.of());
            var sighting = new Sighting(
                    observed, true, List.of(), List.of(), TreePMap.empty(), List.of(), heard ? now : now - MINUTE);
            for (Command command : caretaker.decide(state, TreePMap.singleton("n1", sighting), now)) {
                commands.add(command);
                state = after(command);
            }
        }
    }

    private Assignment assigned() {
        return Assignments.NONE.after(state).of("n1");
    }

    private long restarts() {
        return environment("alice").service("db").orElseThrow().restarts();
    }

    private Environment environment(String name) {
        return state.environment(name).orElseThrow();
    }

    private List<String> told() {
        return state.events().values().stream().map(Event::text).toList();
    }

    /// `staging` with a database, and `alice`, a branch of it.
    private ClusterState begun() {
        state = ClusterState.EMPTY;
        state = after(new Command.AddNode("test", 1, "n1", "n1.example", TreePMap.empty(), "n1", Node.Capacity.NONE));
        var application = new ApplicationSpec(
                TreePMap.singleton("db", database()), TreePMap.singleton("data", VolumeSpec.PLAIN), TreePMap.empty());
        state = after(new Command.Deploy(
                "ann", now, "first", now + DAY, "staging", application, TreePMap.empty(), OptionalLong.empty()));
        finish("first");
        state = after(new Command.CreateCheckpoint("ann", now, "staging", "fresh", false));
        confirm();
        state = after(new Command.Branch(
                "ann",
                now,
                "second",
                now + DAY,
                "staging",
                "fresh",
                "alice",
                TreePMap.empty(),
                "",
                false,
                false,
                false,
                0,
                0,
                ""));
        confirm();
        finish("second");
        return state;
    }

    private void confirm() {
        List<Command.Taken> taken = state.volumes().values().stream()
                .flatMap(volume -> volume.snapshots().values().stream())
                .filter(snapshot -> snapshot.state() == Snapshot.State.REQUESTED)
                .map(snapshot -> new Command.Taken(snapshot.id(), 1, 0))
                .toList();
        state = after(new Command.ConfirmSnapshots(now, taken));
    }

    private void finish(String operation) {
        state = after(new Command.Advance(now, operation, Operation.Phase.PREPARE));
        state = after(new Command.Finish(now, operation, Operation.State.DONE, ""));
    }

    private static ServiceSpec database() {
        return new ServiceSpec(
                "db:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                Resources.UNLIMITED,
                List.of(),
                List.of(5432),
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

    private ClusterState after(Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted accepted -> accepted.state();
            case Outcome.Refused refused -> throw new AssertionError(refused.message());
        };
    }

    private String refusal(Command command) {
        return switch (state.after(command)) {
            case Outcome.Accepted _ -> throw new AssertionError("accepted: " + command);
            case Outcome.Refused refused -> refused.message();
        };
    }
}
