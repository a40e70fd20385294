package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Forecast;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.cluster.Planned;
import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseGranter;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.core.life.Caretaker;
import io.flocker.core.model.Environment;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Sighting;
import io.flocker.core.replication.FailoverPlanner;
import io.flocker.core.scale.Autoscaler;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// The control plane: a durable log of accepted commands; everything else is lost in a crash and made again from it.
final class SimLeader {
    private static final int MAX_ROUNDS = 50;
    private static final long SILENT_MILLIS = 4_000;
    private static final double AT_ONCE = 0.1;

    private final Timeline time;
    private final List<byte[]> log = new ArrayList<>();
    private ClusterState state = ClusterState.EMPTY;
    private TreePMap<String, Sighting> sightings = TreePMap.empty();
    private final TreeMap<String, Long> sightedAt = new TreeMap<>();
    private long leadsSince;
    private final Forecast.Kept forecasts = new Forecast.Kept();
    private Assignments assignments = Assignments.none(forecasts);
    private final TreeMap<String, Long> revisions = new TreeMap<>();
    private final TreeMap<String, Long> besidesRounds = new TreeMap<>();
    private final TreeMap<String, Long> observedRevisions = new TreeMap<>();
    private long lastRevision;
    private Offers offers = Offers.since(1);
    private final ClusterPlanner planner = new ClusterPlanner(forecasts);
    private Autoscaler scaler = new Autoscaler();
    private Caretaker caretaker = new Caretaker();
    private final TreeMap<String, Offers.Said> said = new TreeMap<>();
    private final TreeMap<String, Long> saidAt = new TreeMap<>();
    /// The offers that a node has to follow since it is back, when others may have done without its word.
    private final TreeMap<String, Long> missed = new TreeMap<>();
    private int terms = 1;
    private String home = "";
    long commandsPlanned;
    /// The due times of schedules that were taken.
    private final TreeSet<String> dueTimes = new TreeSet<>();
    /// How often a service followed its load.
    int scaled;
    private LeaseGranter granter;
    private double clockNanos;
    private long clockSetAt;
    private double rate = 1;
    /// What takes volumes from a node, on its way through the log.
    private Optional<Command.FailOver> taking = Optional.empty();
    /// How long the log takes for that, at most.
    int logMillis;
    /// What a test leaves out, to see that it is needed.
    ReplicaSimulation.Flaw flaw = ReplicaSimulation.Flaw.NONE;
    Decisions decisions = (_, _, _) -> {};

    /// Who looks at every decision.
    interface Decisions {
        void made(ClusterState before, Command command, ClusterState after);
    }

    SimLeader(Timeline time) {
        this.time = time;
        leadsSince = time.now();
        clockSetAt = time.now();
        granter = new LeaseGranter(LeaseTerms.USUAL, terms, nanos());
    }

    /// From now on its clock runs so many times as fast as time.
    void setRate(double newRate) {
        clockNanos = nanos();
        clockSetAt = time.now();
        rate = newRate;
    }

    private long nanos() {
        return (long) (clockNanos + (time.now() - clockSetAt) * 1e6 * rate);
    }

    ClusterState state() {
        return state;
    }

    /// How many leaders there were.
    int terms() {
        return terms;
    }

    /// The node that leads; empty for none of those that anything happens to.
    String home() {
        return home;
    }

    void leadFrom(String node) {
        home = node;
    }

    Outcome submit(Command command) {
        Outcome outcome = state.after(command);
        if (outcome instanceof Outcome.Accepted accepted) {
            log.add(Json.bytes(command));
            taken(command);
            scaled += command instanceof Command.ScaleService ? 1 : 0;
            decisions.made(state, command, accepted.state());
            state = accepted.state();
            assign();
        }
        return outcome;
    }

    /// No due time is taken twice, whoever leads.
    private void taken(Command command) {
        if (command instanceof Planned.StartSchedule start) {
            long since = state.environment(start.environment())
                    .map(Environment::createdAtMillis)
                    .orElse(0L);
            assertThat(dueTimes.add(
                            start.environment() + " " + since + " " + start.schedule() + " " + start.dueMillis()))
                    .as("%s is the first for its due time", start)
                    .isTrue();
        }
    }

    /// Only the log survives; the state made from it must be the one that was acknowledged.
    void crash() {
        // Whoever leads next finds in the log what was on its way, or does not.
        taking.filter(_ -> time.chance(0.5)).ifPresent(this::submit);
        taking = Optional.empty();
        ClusterState acknowledged = state;
        ClusterState replayed = ClusterState.EMPTY;
        for (byte[] entry : log) {
            try {
                replayed = ((Outcome.Accepted) replayed.after(Json.read(entry, Command.class))).state();
            } catch (IOException e) {
                throw new AssertionError("The log cannot be read", e);
            }
        }
        assertThat(replayed).isEqualTo(acknowledged);
        state = replayed;
        sightings = TreePMap.empty();
        leadsSince = time.now();
        observedRevisions.clear();
        assignments = Assignments.none(forecasts);
        revisions.clear();
        besidesRounds.clear();
        lastRevision = (long) ++terms << 32;
        granter = new LeaseGranter(LeaseTerms.USUAL, terms, nanos());
        offers = Offers.since(lastRevision);
        said.clear();
        saidAt.clear();
        missed.clear();
        scaler = new Autoscaler();
        caretaker = new Caretaker();
        assign();
    }

    /// What is derived step by step is what would be derived at once.
    private void assign() {
        Assignments before = assignments;
        assignments = before.after(state);
        Assignments atOnce = time.chance(AT_ONCE) ? Assignments.none(forecasts).after(state) : assignments;
        for (String node : state.nodes().keySet()) {
            assertThat(assignments.of(node)).isEqualTo(atOnce.of(node));
            Assignment present = assignments.of(node);
            boolean first = !revisions.containsKey(node);
            if (first || !present.equals(before.of(node))) {
                revisions.put(node, ++lastRevision);
                if (first || !present.besidesRounds().equals(before.of(node).besidesRounds())) {
                    besidesRounds.put(node, lastRevision);
                }
            }
        }
    }

    long revision(String node) {
        return revisions.getOrDefault(node, 0L);
    }

    Assignment assignment(String node) {
        return assignments.of(node);
    }

    /// Takes a node's report, and answers with its lease.
    ///
    /// @param observedRevision the assignment the node had adopted when it looked
    /// @param held what it says it has
    LeaseGrant hear(
            SimNode node, long observedRevision, Sighting sighting, Offers.Said offered, Collection<Tenure> held) {
        if (!said.containsKey(node.name) && offers.followed() >= offers.since()) {
            missed.put(node.name, offers.revision());
        }
        said.put(node.name, offered);
        saidAt.put(node.name, time.now());
        said.keySet().removeIf(name -> !hears(name));
        offers = offers.after(TreePMap.from(said), Set.of());
        sightings = sightings.plus(node.name, sighting);
        sightedAt.put(node.name, time.now());
        observedRevisions.put(node.name, observedRevision);
        LeaseGrant lease = granter.answer(granter.grants(node.name, held, it -> isHeld(node.name, it), nanos()));
        plan();
        return lease;
    }

    private boolean isHeld(String node, Tenure tenure) {
        return state.volume(tenure.volume())
                .filter(volume ->
                        volume.head().primary().equals(node) && volume.head().epoch() == tenure.epoch())
                .isPresent();
    }

    /// Makes a decision that takes volumes from a node, unless that node's lease may still hold, or another one is
    /// being made.
    ///
    /// @return whether it is on its way
    boolean take(Command.FailOver command) {
        if (taking.isPresent()) {
            return false;
        }
        boolean raised = flaw == ReplicaSimulation.Flaw.GRANTS_WHILE_RAISING
                ? granter.mayRaise(command.from(), nanos())
                : flaw == ReplicaSimulation.Flaw.DOES_NOT_WAIT || granter.raise(command.from(), nanos());
        if (!raised) {
            return false;
        }
        if (logMillis == 0) {
            submit(command);
            granter.settled(command.from());
            return true;
        }
        int term = terms;
        taking = Optional.of(command);
        time.after(time.between(1, logMillis), () -> {
            if (terms == term) {
                taking = Optional.empty();
                submit(command);
                granter.settled(command.from());
            }
        });
        return true;
    }

    private Set<String> gone() {
        Set<String> gone = new TreeSet<>();
        for (String node : state.nodes().keySet()) {
            boolean silent = current().getOrDefault(node, Sighting.none(0)).atMillis() < time.clock() - 1_500;
            if (flaw == ReplicaSimulation.Flaw.DOES_NOT_WAIT ? silent : granter.mayRaise(node, nanos())) {
                gone.add(node);
            }
        }
        return gone;
    }

    private boolean hears(String node) {
        return time.now() - saidAt.getOrDefault(node, -SILENT_MILLIS) < SILENT_MILLIS;
    }

    /// Whether nothing stops that a node may still send to: it is not silent, and has followed what it missed.
    boolean waitsFor(String node) {
        Offers.Said known = said.get(node);
        return hears(node) && known != null && known.followed() >= missed.getOrDefault(node, 0L);
    }

    /// Whether it has heard what a node says now.
    boolean knows(SimNode node) {
        return node.said().equals(said.get(node.name));
    }

    Offers offers() {
        return offers;
    }

    void plan() {
        List<Command> last = List.of();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            if (taking.isPresent()) {
                return;
            }
            boolean changed = false;
            TreePMap<String, Sighting> seen = current();
            List<Command> commands = new ArrayList<>(planner.due(state, seen, time.clock()));
            commands.addAll(scaler.decide(state, seen, time.clock()));
            commands.addAll(caretaker.decide(state, seen, time.clock()));
            commands.addAll(FailoverPlanner.due(state, seen, gone(), time.clock()));
            last = commands;
            for (Command command : commands) {
                commandsPlanned++;
                changed |= command instanceof Command.FailOver failOver
                        ? take(flaw.on(failOver))
                        : submit(command) instanceof Outcome.Accepted;
            }
            if (!changed) {
                return;
            }
        }
        throw new AssertionError("The planner does not come to rest: " + last);
    }

    /// The sightings, each with whether it was made under the node's present assignment.
    TreePMap<String, Sighting> current() {
        TreePMap<String, Sighting> current = TreePMap.empty();
        for (String node : state.nodes().keySet()) {
            Sighting sighting = sightings.get(node);
            long heardAt = sighting == null ? leadsSince : sightedAt.getOrDefault(node, leadsSince);
            long clockThen = time.clock() - (time.now() - heardAt);
            boolean upToDate = observedRevisions.getOrDefault(node, -1L) >= besidesRounds.getOrDefault(node, 0L);
            current = current.plus(
                    node, sighting == null ? Sighting.none(clockThen) : sighting.seen(upToDate, clockThen));
        }
        return current;
    }
}
