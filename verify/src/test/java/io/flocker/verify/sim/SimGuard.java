package io.flocker.verify.sim;

import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseHolder;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Found;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// A simulated node's lease, which its agent holds, and its guard, which outlives the agent. Both go by the machine's
/// own clock, that runs fast or slow.
final class SimGuard {
    private static final double NANOS_PER_MILLI = 1e6;

    private final String node;
    private final Timeline time;
    private final Collection<SimContainer> containers;
    private final ToLongFunction<String> epochs;
    private final Consumer<SimContainer> end;
    private double rate = 1;
    private double clockNanos;
    private long clockSetAt;
    private int boots;
    private LeaseHolder holder;
    private List<Tenure> held = List.of();
    /// What the guard fences at its deadline: groups of containers, with the tenures that they run under.
    private final TreeMap<String, List<Tenure>> groups = new TreeMap<>();
    private long deadline;
    boolean diesWithAgent;
    /// How often it had something to fence.
    int fencings;

    /// @param epochs of the heads in this node's pool, by volume
    /// @param end ends a container
    SimGuard(
            String node,
            Timeline time,
            Collection<SimContainer> containers,
            ToLongFunction<String> epochs,
            Consumer<SimContainer> end) {
        this.node = node;
        this.time = time;
        this.containers = containers;
        this.epochs = epochs;
        this.end = end;
        clockSetAt = time.now();
        holder = fresh();
    }

    private LeaseHolder fresh() {
        return LeaseHolder.empty(LeaseTerms.USUAL, node + "." + boots);
    }

    /// From now on the clock runs so many times as fast as time.
    void setRate(double newRate) {
        clockNanos = clock();
        clockSetAt = time.now();
        rate = newRate;
        arm();
    }

    /// CLOCK_BOOTTIME.
    private long clock() {
        return (long) (clockNanos + (time.now() - clockSetAt) * NANOS_PER_MILLI * rate);
    }

    void agentDied() {
        holder = fresh();
        held = List.of();
        if (diesWithAgent) {
            groups.clear();
        }
    }

    void powerOff() {
        boots++;
        agentDied();
        groups.clear();
        deadline = 0;
    }

    /// What the node says it has, as of the last look.
    List<Tenure> held() {
        return held;
    }

    List<Tenure> leased(Assignment assignment) {
        return assignment.tenures().stream()
                .filter(tenure -> holder.mayWrite(tenure, clock()))
                .toList();
    }

    LeaseHolder.Stamp stamp() {
        var kept = new TreeSet<>(held);
        kept.addAll(guarded());
        holder = holder.keeping(kept);
        return holder.stamp(clock(), held);
    }

    void hear(LeaseHolder.Stamp stamp, LeaseGrant grant) {
        holder = holder.hear(stamp, grant);
        renew();
    }

    /// Takes in what runs: what has its tenures is guarded, what has them no more ends at once.
    void see(Assignment assignment) {
        var all = new TreeSet<>(assignment.tenures());
        var own = new TreeSet<>(assignment.tenures());
        var running = new TreeMap<String, List<Tenure>>();
        List<SimContainer> strays = new ArrayList<>();
        for (SimContainer container : containers) {
            List<Tenure> tenures = container.state == Found.State.RUNNING ? tenures(container, assignment) : List.of();
            all.addAll(tenures);
            if (!tenures.isEmpty() && own.containsAll(tenures)) {
                running.put(container.group(), tenures);
            } else if (!tenures.isEmpty()) {
                strays.add(container);
            }
        }
        strays.forEach(end);
        groups.clear();
        groups.putAll(running);
        held = List.copyOf(all);
        renew();
        look();
    }

    /// The tenures that a container runs under; none if no lease is needed.
    private List<Tenure> tenures(SimContainer container, Assignment assignment) {
        List<Tenure> labelled = container.tenures.stream()
                .filter(tenure -> !isFree(assignment.volumes().get(tenure.volume()), tenure))
                .toList();
        if (!labelled.isEmpty()) {
            return labelled;
        }
        return container.instance.volumes().values().stream()
                .distinct()
                .filter(id -> assignment.volumes().containsKey(id)
                        && assignment.volumes().get(id).needsLease())
                .map(id -> new Tenure(id, epochs.applyAsLong(id)))
                .sorted()
                .toList();
    }

    private static boolean isFree(@Nullable WantedVolume volume, Tenure tenure) {
        return volume != null
                && volume.ofPrimary()
                && !volume.guarded()
                && volume.tenure().equals(tenure);
    }

    /// Whether the agent may start a container; from then on it is guarded.
    boolean admits(SimContainer container) {
        if (container.tenures.isEmpty()) {
            return true;
        }
        groups.put(container.group(), container.tenures);
        renew();
        return container.tenures.stream().allMatch(tenure -> holder.mayWrite(tenure, clock())) && admitsLate(container);
    }

    /// Whether a container runs that an engine starts for an agent that has died since: only in a group that is guarded
    /// and does not stand still.
    boolean admitsLate(SimContainer container) {
        return container.tenures.isEmpty() || (groups.containsKey(container.group()) && clock() < deadline);
    }

    private List<Tenure> guarded() {
        return groups.values().stream()
                .flatMap(List::stream)
                .distinct()
                .sorted()
                .toList();
    }

    private void renew() {
        if (!groups.isEmpty()) {
            deadline = Math.max(deadline, holder.deadline(guarded()).orElse(0));
            arm();
        }
    }

    private void arm() {
        if (!groups.isEmpty()) {
            time.after(Math.max(0, (long) Math.ceil((deadline - clock()) / (NANOS_PER_MILLI * rate))), this::look);
        }
    }

    /// Fencing begins at the deadline, and takes up to F of this node's clock.
    private void look() {
        if (clock() < deadline) {
            return;
        }
        for (SimContainer container : List.copyOf(containers)) {
            if (container.state == Found.State.RUNNING && groups.containsKey(container.group()) && !container.fenced) {
                container.fenced = true;
                fencings++;
                int most = (int) (LeaseTerms.USUAL.fencingMillis() / rate);
                time.after(time.chance(0.3) ? most : time.between(0, most), () -> {
                    if (container.fenced) {
                        end.accept(container);
                    }
                });
            }
        }
    }
}
