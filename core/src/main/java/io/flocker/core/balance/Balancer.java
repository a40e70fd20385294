package io.flocker.core.balance;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.load.ClusterLoad;
import io.flocker.core.model.Node;
import io.flocker.core.plan.Sighting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// Spreads load, by itself or because somebody asked for it. What it remembers is what was measured and moved lately;
/// a new leader learns that anew, and moves nothing before load was uneven for as long as it must be. One thread
/// decides, everybody may read how it stands.
public final class Balancer {
    /// It decides this often at most while load is evened out.
    static final long PERIOD_MILLIS = 2_000;

    /// It looks this often at most while nothing is to move: looking at everything takes time.
    static final long RESTING_MILLIS = 10_000;

    /// Load is so uneven that something should move if a node is so far from its even share. Once something moves, it
    /// goes on until load is even ([Search#EVEN]): what lies between the two keeps it from going to and fro.
    static final double UNEVEN = 0.2;

    /// After trouble, it stays quiet for so long.
    static final long CALM_MILLIS = 60_000;

    /// Where nothing worth its cost can move, it looks again after so long.
    static final long LOOK_AGAIN_MILLIS = 60_000;

    private static final long LIMIT_MILLIS = 3_600_000;

    private final Rests rests = new Rests();
    private volatile Learnt learnt = Learnt.NOTHING;
    private volatile String story = "";
    private long decidedAtMillis = Long.MIN_VALUE;
    private long learntAtMillis = Long.MIN_VALUE;
    private long troubledAtMillis = Long.MIN_VALUE;
    private long unevenSinceMillis = Long.MIN_VALUE;
    private long foundNothingAtMillis = Long.MIN_VALUE;
    private boolean spreads;

    /// The commands due now.
    ///
    /// @param sightings by node
    /// @param nowMillis by the leader's clock
    public List<Command> decide(
            ClusterState state, TreePMap<String, Sighting> sightings, ClusterLoad load, long nowMillis) {
        boolean asked = !state.balance().askedBy().isEmpty();
        if (isWithin(decidedAtMillis, asked || spreads ? PERIOD_MILLIS : RESTING_MILLIS, nowMillis)) {
            return List.of();
        }
        decidedAtMillis = nowMillis;
        List<Command> commands = new ArrayList<>();
        Fullness.notice(state, load, nowMillis).ifPresent(commands::add);
        rests.remember(state, nowMillis);
        if (!asked && !state.balance().settings().auto()) {
            spreads = false;
            unevenSinceMillis = Long.MIN_VALUE;
            learnt = Learnt.NOTHING;
            story = "";
            return commands;
        }
        if (!isWithin(learntAtMillis, RESTING_MILLIS, nowMillis)) {
            learntAtMillis = nowMillis;
            learnt = learnt.after(state, load, nowMillis);
        }
        Optional<Trouble> trouble = Trouble.of(state, sightings, nowMillis);
        if (trouble.isPresent()) {
            commands.addAll(troubled(trouble.get(), asked, nowMillis));
        } else if (!asked && isWithin(troubledAtMillis, CALM_MILLIS, nowMillis)) {
            story = "Waits a minute: there was trouble until lately";
        } else {
            commands.addAll(spread(state, sightings, load, asked, nowMillis));
        }
        return commands;
    }

    /// Whether `atMillis` was less than so long ago; a clock that was set back makes nothing wait for longer.
    private static boolean isWithin(long atMillis, long millis, long nowMillis) {
        return atMillis != Long.MIN_VALUE && nowMillis >= atMillis && nowMillis - atMillis < millis;
    }

    private List<Command> troubled(Trouble trouble, boolean asked, long nowMillis) {
        troubledAtMillis = nowMillis;
        unevenSinceMillis = Long.MIN_VALUE;
        story = "Waits: " + trouble.why();
        return asked && trouble.grave()
                ? List.of(new Planned.Rest(nowMillis, "Spreading load has stopped: " + trouble.why()))
                : List.of();
    }

    private List<Command> spread(
            ClusterState state, TreePMap<String, Sighting> sightings, ClusterLoad load, boolean asked, long nowMillis) {
        long askedAt = state.balance().askedAtMillis();
        Predicate<String> isResting =
                asked ? key -> rests.movedSince(key, askedAt) : key -> rests.isResting(key, nowMillis);
        Scene scene = Survey.of(state, load, learnt, takesPart(sightings, nowMillis), isResting);
        if (!asked && !isDue(scene, state.balance().settings(), nowMillis)) {
            return List.of();
        }
        var budget = new Budget(state, load, asked, nowMillis);
        Optional<String> objection = budget.objection();
        if (objection.isPresent()) {
            story = "Waits: " + objection.get();
            return List.of();
        }
        if (!asked && isWithin(foundNothingAtMillis, LOOK_AGAIN_MILLIS, nowMillis)) {
            return List.of();
        }
        BalancePlan plan = BalancePlan.of(scene, state.balance().settings());
        List<Command> moves = begun(state, plan, budget, nowMillis);
        if (!moves.isEmpty()) {
            story = "Moves " + plan.moves().size() + " to even out load";
            return moves;
        }
        return plan.moves().isEmpty() ? rested(state, scene, asked, nowMillis) : waiting();
    }

    private List<Command> waiting() {
        story = "Waits: what should move next is not free to, or its bytes are more than may be copied now";
        return List.of();
    }

    /// Whether load has been uneven for long enough, or is being evened out.
    private boolean isDue(Scene scene, BalanceSettings settings, long nowMillis) {
        double deviation = Scene.deviation(scene.loads());
        if (spreads && deviation > Search.EVEN) {
            return true;
        }
        spreads = false;
        if (deviation <= UNEVEN) {
            unevenSinceMillis = Long.MIN_VALUE;
            story = "Rests: no node is more than " + BalanceMove.percent(UNEVEN) + " from its even share";
            return false;
        }
        if (unevenSinceMillis == Long.MIN_VALUE || unevenSinceMillis > nowMillis) {
            unevenSinceMillis = nowMillis;
        }
        long lasts = nowMillis - unevenSinceMillis;
        spreads = lasts >= settings.patienceMillis();
        if (!spreads) {
            story = "Waits: load has been uneven for " + lasts / 1_000 + " s of " + settings.patienceMillis() / 1_000;
        }
        return spreads;
    }

    private List<Command> rested(ClusterState state, Scene scene, boolean asked, long nowMillis) {
        boolean moving = state.operations().values().stream()
                .anyMatch(operation ->
                        operation.running() && operation.startedBy().equals(BalanceMove.BY));
        if (moving) {
            story = "Waits for what moves";
            return List.of();
        }
        spreads = false;
        foundNothingAtMillis = nowMillis;
        String range = range(scene.loads());
        story = "Rests: " + range + ", and nothing that may move is worth it";
        return asked ? List.of(new Planned.Rest(nowMillis, "Load is as even as it gets: " + range)) : List.of();
    }

    private static String range(double[] loads) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (double load : loads) {
            least = Math.min(least, load);
            most = Math.max(most, load);
        }
        return loads.length == 0
                ? "there is no node"
                : "nodes have " + BalanceMove.percent(least) + " to " + BalanceMove.percent(most)
                        + " of their even share";
    }

    private static Predicate<Node> takesPart(TreePMap<String, Sighting> sightings, long nowMillis) {
        return node -> node.availability() == Node.Availability.ACTIVE
                && Trouble.isHeard(sightings.get(node.name()), nowMillis);
    }

    /// The first moves of a plan that can begin, as many as may.
    private List<Command> begun(ClusterState state, BalancePlan plan, Budget budget, long nowMillis) {
        List<Command> commands = new ArrayList<>();
        ClusterState next = state;
        long left = budget.moves();
        boolean copies = false;
        for (BalanceMove move : plan.moves()) {
            boolean second = copies
                    && move.bytes() > 0
                    && state.balance().settings().bytesPerSecond().isPresent();
            // One after the other in an environment: its others are not refused, but come next.
            boolean waits = next.running(move.environment()).isPresent();
            if (left == 0 || second || waits || !budget.allows(move)) {
                continue;
            }
            Planned.Shift shift =
                    move.command("b" + Long.toString(next.version(), 36), nowMillis, nowMillis + LIMIT_MILLIS);
            if (next.after(shift) instanceof Outcome.Accepted accepted) {
                commands.add(shift);
                next = accepted.state();
                left--;
                copies |= move.bytes() > 0;
            } else {
                rests.refused(move, nowMillis);
            }
        }
        return commands;
    }

    /// What would have to move now.
    public BalancePlan plan(
            ClusterState state, TreePMap<String, Sighting> sightings, ClusterLoad load, long nowMillis) {
        Learnt known = learnt.after(state, load, nowMillis);
        return BalancePlan.of(
                Survey.of(state, load, known, takesPart(sightings, nowMillis), _ -> false),
                state.balance().settings());
    }

    /// Why nothing should be asked to move now, in words; empty if it may.
    public static Optional<String> objection(ClusterState state, TreePMap<String, Sighting> sightings, long nowMillis) {
        return Trouble.of(state, sightings, nowMillis).map(Trouble::why);
    }

    /// What it does or waits for, in words; empty if it does nothing by itself.
    public String story() {
        return story;
    }
}
