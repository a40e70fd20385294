package io.flocker.core.model;

import io.flocker.core.spec.ApplicationSpec;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// A change in progress. Durable: whoever leads after a crash goes on from its phase.
///
/// @param id unique for ever
/// @param kind what it does, and all it needs to go on
/// @param environment the environment it changes
/// @param startedBy the user who asked for it
/// @param deadlineMillis when it gives up; a pause does not count ([#givesUpAtMillis])
/// @param error why it failed, or what went wrong last; empty for nothing
/// @param pause who has it wait; empty for nobody
public record Operation(
        String id,
        Kind kind,
        String environment,
        String startedBy,
        State state,
        Phase phase,
        long startedAtMillis,
        long changedAtMillis,
        long deadlineMillis,
        String error,
        Optional<Pause> pause) {

    /// For longer than this nothing waits: its environment can do nothing else meanwhile.
    public static final long MAX_PAUSE_MILLIS = 86_400_000;

    /// An operation that begins.
    public Operation(
            String id, Kind kind, String environment, String startedBy, Phase phase, long atMillis, long deadline) {
        this(
                id,
                kind,
                environment,
                startedBy,
                State.RUNNING,
                phase,
                atMillis,
                atMillis,
                deadline,
                "",
                Optional.empty());
    }

    /// Somebody has an operation wait. What stands still for it goes on until it serves again.
    public record Pause(String by, long atMillis) {}

    /// How many checkpoints taken for deployments an environment keeps.
    public static final int MAX_CHECKPOINTS = 5;

    /// The kinds of operations and their arguments.
    public sealed interface Kind {
        /// Make the environment what its application says.
        ///
        /// @param before what it was, which it returns to if that fails
        /// @param digests by service, the content that its image's name is to stand for, as in
        ///     [Release#digest], empty for whatever a node has by that name; a service that is not in it
        ///     keeps what it has, or if something else of it changes, only if it follows its image's name
        /// @param branches whether it makes a branch
        record Deploy(
                ApplicationSpec target, ApplicationSpec before, TreePMap<String, String> digests, boolean branches)
                implements Kind {}

        /// Stop and remove the services; the volumes too if asked.
        record Remove(boolean deleteVolumes) implements Kind {}

        /// Restart every instance of the services.
        ///
        /// @param wakes whether they were asleep
        record Restart(List<String> services, boolean wakes) implements Kind {}

        /// Bring volumes back to snapshots, by volume id; and the services to `application` if
        /// there is one.
        ///
        /// @param digests the content that the image of each service which goes back is to have,
        ///     as in [Release#digest]; services that are not in it go on meanwhile. If it is
        ///     empty, or if there is an origin, all go back
        /// @param origin what a branch that is refreshed comes from henceforth; then the targets are
        ///     snapshots of its origin's volumes
        record RollBack(
                TreePMap<String, SnapshotId> targets,
                Optional<ApplicationSpec> application,
                TreePMap<String, String> digests,
                Optional<Origin> origin)
                implements Kind {}

        /// Bring services with their volumes to another node.
        ///
        /// @param volumes ids of all volumes of the services
        record Move(List<String> services, List<String> volumes, String from, String to) implements Kind {}

        /// Have services go on, with their volumes, from replicas: the node they were on is gone.
        ///
        /// @param move from which node to which
        /// @param bases the snapshots they go on from, by volume id
        /// @param story why, and what is lost, in words
        record FailOver(Move move, TreePMap<String, SnapshotId> bases, String story) implements Kind {}

        /// Run instances of a service without volumes on other nodes: the new ones serve before the old ones stop.
        ///
        /// @param instances by the name of the one that goes
        record Replace(String service, TreePMap<String, Replacement> instances) implements Kind {}

        /// Run a job once.
        ///
        /// @param command instead of the service's; empty for that one
        /// @param variables beside the service's environment variables
        /// @param node where it runs
        /// @param release of the service
        /// @param number unique for ever: tells its container from those of all other runs
        record Run(
                String service,
                List<String> command,
                TreePMap<String, String> variables,
                String node,
                int release,
                long number,
                JobResult result)
                implements Kind {
            /// The one slot of a job: never two containers of it.
            public static final int SLOT = 1;

            /// `staging/import.1`
            public String key(String environment) {
                return environment + "/" + Instance.name(service, SLOT);
            }

            public Run with(JobResult newResult) {
                return new Run(service, command, variables, node, release, number, newResult);
            }
        }
    }

    /// An instance that takes over from another one.
    ///
    /// @param placedBy as in [Instance#placedBy]
    public record Replacement(int slot, String node, String placedBy) {}

    public enum State {
        RUNNING,
        /// Somebody gave it up after it had changed something: what was before comes back.
        CANCELLING,
        DONE,
        FAILED,
        CANCELLED
    }

    /// Where it is. Every kind uses the phases it needs, in this order.
    public enum Phase {
        /// Images are pulled and volumes made; what runs is not touched.
        PREPARE,
        /// The services concerned stop.
        STOP,
        /// The volumes get their new heads.
        SWITCH,
        /// Instances start and become healthy.
        START,
        /// They did not, and what was before comes back.
        UNDO,
        /// What is no longer wanted goes.
        CLEAN_UP,
        END
    }

    /// What it is called: `deploy`, `roll back`.
    public String verb() {
        return switch (kind) {
            case Kind.Deploy deploy -> deploy.branches() ? "branch" : "deploy";
            case Kind.Remove _ -> "remove";
            case Kind.Restart restart -> restart.wakes() ? "wake" : "restart";
            case Kind.RollBack rollBack -> rollBack.origin().isPresent() ? "refresh" : "roll back";
            case Kind.Move _, Kind.Replace _ -> "move";
            case Kind.Run _ -> "run";
            case Kind.FailOver _ -> "fail over";
        };
    }

    /// From which node to which it brings services, if it does.
    public Optional<Kind.Move> move() {
        return switch (kind) {
            case Kind.Move move -> Optional.of(move);
            case Kind.FailOver failOver -> Optional.of(failOver.move());
            default -> Optional.empty();
        };
    }

    /// Whether it brings `service` to another node.
    public boolean brings(String service) {
        return move().filter(move -> move.services().contains(service)).isPresent();
    }

    public boolean running() {
        return state == State.RUNNING || state == State.CANCELLING;
    }

    /// Whether none of its steps begins.
    public boolean pauses() {
        return pause.isPresent() && (phase == Phase.PREPARE || phase == Phase.START);
    }

    /// Why it cannot be paused, in words; empty if it can.
    public Optional<String> pauseObjection() {
        boolean begins = phase == Phase.PREPARE;
        String wait = "requests wait until what stands still for it serves again, and then it is done";
        return switch (kind) {
            case Kind _ when !running() -> Optional.of("it has ended already: " + state);
            case Kind _
            when state == State.CANCELLING || phase == Phase.UNDO || phase == Phase.CLEAN_UP ->
                Optional.of("it goes back, or ends, already");
            case Kind.Deploy _, Kind.Replace _ -> Optional.empty();
            case Kind.Move _, Kind.RollBack _ -> begins ? Optional.empty() : Optional.of(wait);
            case Kind.Restart _, Kind.Remove _, Kind.Run _, Kind.FailOver _ ->
                Optional.of("a " + verb() + " has no steps to wait between");
        };
    }

    /// With somebody who has it wait.
    public Operation paused(Pause by) {
        return with(phase, state, changedAtMillis, deadlineMillis, error, Optional.of(by));
    }

    /// Nobody has it wait any more: it has as long as it had when it was paused.
    public Operation resumed(long atMillis) {
        long length = pausedMillis(atMillis);
        return with(phase, state, changedAtMillis + length, deadlineMillis + length, error, Optional.empty());
    }

    /// When it gives up, as things are now.
    public long givesUpAtMillis(long nowMillis) {
        return deadlineMillis + (pauses() ? pausedMillis(nowMillis) : 0);
    }

    private long pausedMillis(long nowMillis) {
        return pause.map(it -> Math.clamp(nowMillis - it.atMillis(), 0, MAX_PAUSE_MILLIS))
                .orElse(0L);
    }

    private Operation with(
            Phase nextPhase, State nextState, long changedAt, long deadline, String why, Optional<Pause> nextPause) {
        return new Operation(
                id,
                kind,
                environment,
                startedBy,
                nextState,
                nextPhase,
                startedAtMillis,
                changedAt,
                deadline,
                why,
                nextPause);
    }

    public Operation to(Phase next, long atMillis) {
        return with(next, state, atMillis, deadlineMillis, error, pause);
    }

    /// It is getting on: what is left gets as long as it had from the last time on.
    ///
    /// @param moreMillis how much longer, for what is known to take that long
    public Operation progressed(long atMillis, long moreMillis) {
        long later = deadlineMillis + Math.max(0, atMillis - changedAtMillis) + moreMillis;
        return with(phase, state, atMillis, later, error, pause);
    }

    public Operation with(Kind newKind) {
        return new Operation(
                id,
                newKind,
                environment,
                startedBy,
                state,
                phase,
                startedAtMillis,
                changedAtMillis,
                deadlineMillis,
                error,
                pause);
    }

    /// Whether what it has started can be taken back: that of a move, and of a deployment of what was there before.
    public boolean hasWayBack() {
        return phase == Phase.START
                && switch (kind) {
                    case Kind.Move _ -> true;
                    case Kind.Deploy deploy -> !deploy.before().services().isEmpty();
                    case Kind.Remove _, Kind.Restart _, Kind.RollBack _, Kind.Replace _, Kind.Run _ -> false;
                    case Kind.FailOver _ -> false;
                };
    }

    /// The name of the checkpoint it takes before it changes data.
    public String checkpoint() {
        return checkpoint(id);
    }

    /// The same for the operation with that id.
    public static String checkpoint(String operation) {
        return "before-" + operation;
    }

    /// Goes to a phase because of what went wrong, or because somebody gave it up. It is not paused any more.
    public Operation to(Phase next, State how, String why, long atMillis) {
        return with(next, how, atMillis, resumed(atMillis).deadlineMillis, why, Optional.empty());
    }

    public Operation ended(State how, String why, long atMillis) {
        return with(Phase.END, how, atMillis, deadlineMillis, why, Optional.empty());
    }
}
