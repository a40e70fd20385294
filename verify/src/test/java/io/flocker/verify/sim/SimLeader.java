package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.life.Caretaker;
import io.flocker.core.model.Environment;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignments;
import io.flocker.core.plan.ClusterPlanner;
import io.flocker.core.plan.Offers;
import io.flocker.core.plan.Sighting;
import io.flocker.core.scale.Autoscaler;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    private Assignments assignments = Assignments.NONE;
    private final TreeMap<String, Long> revisions = new TreeMap<>();
    private final TreeMap<String, Long> observedRevisions = new TreeMap<>();
    private long lastRevision;
    private Offers offers = Offers.since(1);
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

    SimLeader(Timeline time) {
        this.time = time;
        leadsSince = time.now();
    }

    ClusterState state() {
        return state;
    }

    /// The node that leads; empty for none of those that anything happens to.
    /// How many leaders there were.
    int terms() {
        return terms;
    }

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
            state = accepted.state();
            assign();
        }
        return outcome;
    }

    /// No due time is taken twice, whoever leads.
    private void taken(Command command) {
        if (command instanceof Command.StartSchedule start) {
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
        assignments = Assignments.NONE;
        revisions.clear();
        lastRevision = (long) ++terms << 32;
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
        Assignments atOnce = time.chance(AT_ONCE) ? Assignments.NONE.after(state) : assignments;
        for (String node : state.nodes().keySet()) {
            assertThat(assignments.of(node)).isEqualTo(atOnce.of(node));
            if (!revisions.containsKey(node) || !assignments.of(node).equals(before.of(node))) {
                revisions.put(node, ++lastRevision);
            }
        }
    }

    long revision(String node) {
        return revisions.getOrDefault(node, 0L);
    }

    Assignment assignment(String node) {
        return assignments.of(node);
    }

    /// @param observedRevision the assignment the node had adopted when it looked
    void hear(SimNode node, long observedRevision, Sighting sighting, Offers.Said offered) {
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
        plan();
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
        for (int round = 0; round < MAX_ROUNDS; round++) {
            boolean changed = false;
            TreePMap<String, Sighting> seen = current();
            List<Command> commands = new ArrayList<>(ClusterPlanner.plan(state, seen, time.clock()));
            commands.addAll(scaler.decide(state, seen, time.clock()));
            commands.addAll(caretaker.decide(state, seen, time.clock()));
            for (Command command : commands) {
                commandsPlanned++;
                changed |= submit(command) instanceof Outcome.Accepted;
            }
            if (!changed) {
                return;
            }
        }
        throw new AssertionError(
                "The planner does not come to rest: " + ClusterPlanner.plan(state, current(), time.clock()));
    }

    /// The sightings, each with whether it was made under the node's present assignment.
    TreePMap<String, Sighting> current() {
        TreePMap<String, Sighting> current = TreePMap.empty();
        for (String node : state.nodes().keySet()) {
            Sighting sighting = sightings.get(node);
            long heardAt = sighting == null ? leadsSince : sightedAt.getOrDefault(node, leadsSince);
            long clockThen = time.clock() - (time.now() - heardAt);
            boolean upToDate = observedRevisions.getOrDefault(node, 0L) == revision(node);
            current = current.plus(
                    node, sighting == null ? Sighting.none(clockThen) : sighting.seen(upToDate, clockThen));
        }
        return current;
    }
}
