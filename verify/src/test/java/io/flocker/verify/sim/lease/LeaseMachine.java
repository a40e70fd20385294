package io.flocker.verify.sim.lease;

import io.flocker.core.lease.LeaseHolder;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.verify.sim.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A simulated machine with a clock of its own rate. The daemon (agent and perhaps leader) may be paused or crash; the
/// guard, the engine and the writing container go on. A suspended machine does nothing, but its clock goes on.
final class LeaseMachine {
    private static final double NANOS_PER_MILLI = 1e6;
    /// What is left of a millisecond when a timer of this simulation fires.
    private static final long LATE_NANOS = 2_000_000;

    final String name;
    private final LeaseSimulation world;
    private final Timeline time;
    private final LeaseTerms terms;

    private long clockNanos;
    private long clockSetAt;
    private double rate;
    private long suspendedNanos;
    private long suspendedUntil;
    private long pausedUntil;
    private int life;

    @Nullable
    LeaseOffice office;

    private @Nullable Tenure assigned;
    private LeaseHolder holder;
    private @Nullable Tenure running;

    private @Nullable Tenure guarded;
    private long deadline;
    private long due;
    long fencings;

    LeaseMachine(String name, LeaseSimulation world, Timeline time, LeaseTerms terms) {
        this.name = name;
        this.world = world;
        this.time = time;
        this.terms = terms;
        clockSetAt = time.now();
        clockNanos = time.between(0, 1_000_000) * 1_000_000_000L;
        rate = anyRate();
        holder = LeaseHolder.empty(terms, name);
    }

    // Time

    private double anyRate() {
        double error = terms.clockErrorPpm() / 1e6;
        return switch (time.between(0, 3)) {
            case 0 -> 1 - error;
            case 1 -> 1 + error;
            default -> 1 + error * time.between(-100, 100) / 100;
        };
    }

    void changeRate() {
        clockNanos = clock();
        clockSetAt = time.now();
        rate = anyRate();
        arm();
    }

    /// CLOCK_BOOTTIME.
    long clock() {
        return clockNanos + (long) ((time.now() - clockSetAt) * NANOS_PER_MILLI * rate);
    }

    /// A clock that stands still while the machine is suspended.
    long monotonic() {
        return clock() - suspendedNanos;
    }

    private boolean isSuspended() {
        return suspendedUntil > time.now();
    }

    boolean isResponsive() {
        return !isSuspended() && pausedUntil <= time.now();
    }

    void pause(long millis) {
        pausedUntil = Math.max(pausedUntil, time.now() + millis);
    }

    void suspend(long millis) {
        if (!isSuspended()) {
            suspendedUntil = time.now() + millis;
            long before = clock();
            time.after(millis, () -> {
                suspendedNanos += clock() - before;
                look();
            });
        }
    }

    void crash(long downMillis) {
        life++;
        office = null;
        assigned = null;
        holder = LeaseHolder.empty(terms, name);
        pausedUntil = time.now() + downMillis;
        start();
    }

    /// Which of its daemons runs.
    int life() {
        return life;
    }

    /// Runs in the daemon as it is now: late if it is paused, never if it crashes before.
    void inDaemon(long afterMillis, Runnable action) {
        int mine = life;
        time.after(afterMillis, () -> runInDaemon(mine, action));
    }

    private void runInDaemon(int mine, Runnable action) {
        long free = Math.max(suspendedUntil, pausedUntil);
        if (mine == life && free > time.now()) {
            time.after(free - time.now(), () -> runInDaemon(mine, action));
        } else if (mine == life) {
            action.run();
        }
    }

    /// Runs outside the daemon, whatever becomes of it.
    private void inMachine(long afterMillis, Runnable action) {
        time.after(afterMillis, () -> {
            if (isSuspended()) {
                inMachine(suspendedUntil - time.now(), action);
            } else {
                action.run();
            }
        });
    }

    // The agent

    void start() {
        inDaemon(time.between(0, 200), this::report);
    }

    private void report() {
        converge();
        List<Tenure> held = held();
        LeaseHolder.Stamp stamp = holder.stamp(clock(), held);
        world.sendReport(this, held, grant -> {
            LeaseHolder.Stamp counted = switch (world.flaw()) {
                case COUNTS_FROM_THE_ANSWER -> holder.stamp(clock(), held);
                case COVERS_WHAT_CAME_LATER -> new LeaseHolder.Stamp(stamp.boot(), stamp.nanos(), held());
                default -> stamp;
            };
            holder = holder.hear(counted, grant);
            converge();
        });
        inDaemon(terms.periodMillis(), this::report);
    }

    private List<Tenure> held() {
        var held = new ArrayList<Tenure>();
        if (assigned != null) {
            held.add(assigned);
        }
        if (running != null) {
            held.add(running);
        }
        return held;
    }

    /// Whatever arrives last counts, whoever sent it and when.
    void adopt(@Nullable Tenure tenure) {
        assigned = tenure;
        converge();
    }

    private void converge() {
        holder = holder.keeping(held());
        Tenure runs = running;
        if (runs != null) {
            guard(runs);
            if (!runs.equals(assigned)) {
                inMachine(time.between(1, 500), () -> stop(runs));
            }
        } else if (assigned != null && holder.mayWrite(assigned, clock())) {
            Tenure wanted = assigned;
            guard(wanted);
            inMachine(time.between(1, time.chance(0.1) ? 5_000 : 200), () -> begin(wanted));
        } else {
            guarded = null;
        }
    }

    // The guard

    private void guard(Tenure tenure) {
        look();
        guarded = tenure;
        long next = holder.deadline(List.of(tenure)).orElse(0);
        if (next > deadline) {
            boolean fencing = running != null && clock() >= deadline;
            deadline = next;
            if (!fencing) {
                due = deadline + fencingNanos();
            }
            arm();
        }
    }

    private long fencingNanos() {
        long most = terms.fencingMillis();
        return 1_000_000 * (time.chance(0.5) ? most : time.between(0, (int) most));
    }

    private void arm() {
        if (running != null) {
            long millis = (long) Math.ceil((due - clock()) / (NANOS_PER_MILLI * rate));
            inMachine(Math.max(0, millis), this::look);
        }
    }

    /// Fencing begins at the deadline and is over when it is due. A machine that was suspended runs its guard first.
    private void look() {
        if (running != null && clock() >= due) {
            if (clock() <= due + LATE_NANOS) {
                world.write(this, running);
            }
            running = null;
            due = deadline + fencingNanos();
            fencings++;
        }
    }

    // The engine and its container

    /// The group it starts in stands still unless the guard holds it and the deadline is to come.
    private void begin(Tenure tenure) {
        if (running == null && tenure.equals(guarded) && clock() < deadline) {
            running = tenure;
            world.write(this, tenure);
            inMachine(time.between(1, 50), () -> goOn(tenure));
            arm();
        }
    }

    private void goOn(Tenure tenure) {
        look();
        if (tenure.equals(running)) {
            world.write(this, tenure);
            inMachine(time.between(5, 100), () -> goOn(tenure));
        }
    }

    private void stop(Tenure tenure) {
        look();
        if (tenure.equals(running)) {
            world.write(this, tenure);
            running = null;
        }
    }

    boolean writes(Tenure tenure) {
        return tenure.equals(running);
    }

    @Override
    public String toString() {
        return name + " has " + assigned + ", runs " + running + ", guards " + guarded + " for "
                + (deadline - clock()) / 1_000_000 + " ms, " + holder + ", leads "
                + (office == null ? 0 : office.term());
    }
}
