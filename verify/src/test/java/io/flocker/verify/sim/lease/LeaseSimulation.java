package io.flocker.verify.sim.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseGranter;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.verify.sim.Faults;
import io.flocker.verify.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One run of the lease: machines, a leader that changes, one volume that fails over whenever it may. At every write:
/// nobody has written under a higher epoch, and nobody else under this one.
final class LeaseSimulation {
    private static final String VOLUME = "data";
    private static final long FAULTY_MILLIS = 40_000;
    private static final long LATE_MILLIS = 20_000;
    private static final long PATIENCE_MILLIS = 20_000;

    /// What is left out of the protocol, to see that it is needed.
    enum Flaw {
        NONE,
        COUNTS_FROM_THE_ANSWER,
        COVERS_WHAT_CAME_LATER,
        NEW_LEADER_DOES_NOT_WAIT,
        DEPOSED_LEADER_GRANTS
    }

    /// The last entry of the log: whose the volume is.
    record Entry(long epoch, String primary) {
        @Nullable
        Tenure tenureOf(String node) {
            return node.equals(primary) ? new Tenure(VOLUME, epoch) : null;
        }
    }

    private final Timeline time;
    private final Faults faults;
    private final Flaw flaw;
    private final LeaseTerms terms;
    private final List<LeaseMachine> machines = new ArrayList<>();
    private final boolean[][] cut;
    private Entry last = new Entry(1, "n0");
    private long highestTerm;
    private long highestWritten;
    private String lastWriter = "";
    long writes;

    LeaseSimulation(long seed, Flaw flaw) {
        this.flaw = flaw;
        time = new Timeline(seed);
        faults = new Faults(time);
        terms = new LeaseTerms(4_000, time.chance(0.5) ? 10_000 : 50_000, 1_000, 1_000, 1_500);
        int count = time.between(2, 5);
        for (int number = 0; number < count; number++) {
            machines.add(new LeaseMachine("n" + number, this, time, terms));
        }
        cut = new boolean[count][count];
    }

    void run() {
        machines.forEach(LeaseMachine::start);
        time.after(0, this::elect);
        time.after(500, this::harm);
        runUntil(time.now() + FAULTY_MILLIS);
        faults.stop();
        for (boolean[] row : cut) {
            java.util.Arrays.fill(row, false);
        }
        // Long pauses and late messages end first; then somebody must write, though a new leader may delay it.
        runUntil(time.now() + LATE_MILLIS);
        long end = time.now() + PATIENCE_MILLIS;
        while (machines.stream().noneMatch(this::isWriting)) {
            assertThat(time.now())
                    .as("nobody writes %s although faults have stopped: %s", last, machines)
                    .isLessThan(end);
            time.step();
        }
    }

    private boolean isWriting(LeaseMachine machine) {
        Tenure tenure = last.tenureOf(machine.name);
        return tenure != null && machine.writes(tenure);
    }

    private void runUntil(long end) {
        while (time.now() < end && time.step()) {
            // Every write checks what must hold.
        }
    }

    boolean isHarmed() {
        return faults.goOn();
    }

    Flaw flaw() {
        return flaw;
    }

    long failovers() {
        return last.epoch() - 1;
    }

    long fencings() {
        return machines.stream().mapToLong(machine -> machine.fencings).sum();
    }

    void write(LeaseMachine machine, Tenure tenure) {
        writes++;
        boolean mine = tenure.epoch() > highestWritten
                || (tenure.epoch() == highestWritten && machine.name.equals(lastWriter));
        if (!mine) {
            throw new AssertionError("At " + time.now() + " ms " + machine.name + " writes " + tenure + " after "
                    + lastWriter + " wrote under epoch " + highestWritten);
        }
        highestWritten = tenure.epoch();
        lastWriter = machine.name;
    }

    // The log and who leads it

    Entry last() {
        return last;
    }

    long highestTerm() {
        return highestTerm;
    }

    void commit(Entry before, Entry after) {
        assertThat(last).as("what a leader in office sees").isEqualTo(before);
        last = after;
    }

    private void elect() {
        time.after(time.between(200, 1_000), this::elect);
        boolean led = machines.stream()
                .anyMatch(machine -> leads(machine) && machine.isResponsive() && reachesMajority(machine));
        LeaseMachine candidate = any();
        if (candidate.isResponsive() && reachesMajority(candidate) && time.chance(led ? 0.05 : 0.7)) {
            long since = candidate.monotonic();
            if (flaw == Flaw.NEW_LEADER_DOES_NOT_WAIT) {
                since -= terms.waitNanos();
            }
            candidate.office = new LeaseOffice(candidate, this, time, new LeaseGranter(terms, ++highestTerm, since));
        }
    }

    private boolean leads(LeaseMachine machine) {
        return machine.office != null && machine.office.term() == highestTerm;
    }

    boolean reachesMajority(LeaseMachine machine) {
        long reached = machines.stream()
                .filter(other -> other == machine || (!isCut(machine, other) && !isCut(other, machine)))
                .count();
        return 2 * reached > machines.size();
    }

    // The network

    private boolean isCut(LeaseMachine from, LeaseMachine to) {
        return cut[machines.indexOf(from)][machines.indexOf(to)];
    }

    void send(LeaseMachine from, LeaseMachine to, Runnable action) {
        if (from != to && (isCut(from, to) || faults.messageLost())) {
            return;
        }
        time.after(from == to ? 1 : faults.delay(), () -> {
            if (from == to || !isCut(from, to)) {
                to.inDaemon(0, action);
            }
        });
    }

    /// To a machine that believes it leads. The answer finds the daemon that asked, or none.
    void sendReport(LeaseMachine node, List<Tenure> held, Consumer<LeaseGrant> answered) {
        List<LeaseMachine> leaders =
                machines.stream().filter(machine -> machine.office != null).toList();
        if (leaders.isEmpty()) {
            return;
        }
        LeaseMachine to = leaders.get(time.between(0, leaders.size() - 1));
        int life = node.life();
        send(node, to, () -> {
            if (to.office != null) {
                to.office.hear(
                        node,
                        held,
                        grant -> send(to, node, () -> {
                            if (node.life() == life) {
                                answered.accept(grant);
                            }
                        }));
            }
        });
    }

    // What goes wrong

    private LeaseMachine any() {
        return machines.get(time.between(0, machines.size() - 1));
    }

    private void harm() {
        if (!faults.goOn()) {
            return;
        }
        time.after(time.between(100, 3_000), this::harm);
        LeaseMachine victim = any();
        switch (time.between(0, 6)) {
            case 0 -> victim.pause(time.between(100, 12_000));
            case 1 -> victim.suspend(time.between(100, 15_000));
            case 2 -> victim.crash(time.between(50, 6_000));
            case 3 -> victim.changeRate();
            case 4 -> isolate(victim, time.chance(0.7), time.chance(0.7), time.between(500, 12_000));
            default -> cut(machines.indexOf(victim), time.between(0, machines.size() - 1), time.between(500, 12_000));
        }
    }

    private void isolate(LeaseMachine victim, boolean out, boolean in, long millis) {
        int index = machines.indexOf(victim);
        for (int other = 0; other < machines.size(); other++) {
            if (out) {
                cut(index, other, millis);
            }
            if (in) {
                cut(other, index, millis);
            }
        }
    }

    private void cut(int from, int to, long millis) {
        cut[from][to] = true;
        time.after(millis, () -> cut[from][to] = false);
    }
}
