package io.flocker.verify.sim.lease;

import io.flocker.core.lease.LeaseGrant;
import io.flocker.core.lease.LeaseGranter;
import io.flocker.core.lease.Tenure;
import io.flocker.verify.sim.Timeline;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A simulated leader's term of office: it may be over without the leader having noticed.
final class LeaseOffice {
    private static final long SILENT_NANOS = 2_000_000_000;

    private final LeaseMachine machine;
    private final LeaseSimulation world;
    private final Timeline time;
    private final LeaseGranter granter;
    private final TreeMap<String, Long> heardAt = new TreeMap<>();
    private LeaseSimulation.Entry view;

    LeaseOffice(LeaseMachine machine, LeaseSimulation world, Timeline time, LeaseGranter granter) {
        this.machine = machine;
        this.world = world;
        this.time = time;
        this.granter = granter;
        view = world.last();
        machine.inDaemon(0, this::tick);
    }

    long term() {
        return granter.term();
    }

    private boolean inOffice() {
        return machine.office == this;
    }

    void hear(LeaseMachine node, List<Tenure> held, Consumer<LeaseGrant> answer) {
        heardAt.put(node.name, machine.monotonic());
        boolean grants =
                granter.grants(node.name, held, tenure -> tenure.equals(view.tenureOf(node.name)), machine.monotonic());
        Runnable send = () -> {
            answer.accept(granter.answer(grants));
            sendAssignment(node, view.tenureOf(node.name));
        };
        if (grants && world.flaw() != LeaseSimulation.Flaw.DEPOSED_LEADER_GRANTS) {
            confirm(send);
        } else {
            send.run();
        }
    }

    /// On a way of its own, now and then a long one.
    private void sendAssignment(LeaseMachine node, @Nullable Tenure tenure) {
        time.after(
                world.isHarmed() && time.chance(0.1) ? time.between(1_000, 10_000) : 0,
                () -> world.send(machine, node, () -> node.adopt(tenure)));
    }

    /// A majority says, after it was asked, that it knows of no later term.
    private void confirm(Runnable then) {
        time.after(time.between(1, 20), () -> {
            boolean reached = world.reachesMajority(machine);
            boolean leads = reached && world.highestTerm() == term();
            machine.inDaemon(time.between(1, 20), () -> {
                if (leads && inOffice()) {
                    then.run();
                } else if (reached && inOffice()) {
                    machine.office = null;
                }
            });
        });
    }

    private void tick() {
        if (!inOffice()) {
            return;
        }
        machine.inDaemon(time.between(50, 300), this::tick);
        List<String> candidates = heardAt.entrySet().stream()
                .filter(heard -> machine.monotonic() - heard.getValue() < SILENT_NANOS)
                .map(java.util.Map.Entry::getKey)
                .filter(name -> !name.equals(view.primary()))
                .toList();
        if (!candidates.isEmpty() && granter.raise(view.primary(), machine.monotonic())) {
            String next = candidates.get(time.between(0, candidates.size() - 1));
            append(view, new LeaseSimulation.Entry(view.epoch() + 1, next));
        }
    }

    /// A leader's entry stays in its log until a majority has it or the leader is deposed.
    private void append(LeaseSimulation.Entry before, LeaseSimulation.Entry after) {
        time.after(time.between(1, time.chance(0.1) ? 2_000 : 50), () -> {
            if (world.highestTerm() != term()) {
                return;
            }
            if (!world.reachesMajority(machine)) {
                append(before, after);
                return;
            }
            world.commit(before, after);
            machine.inDaemon(time.between(1, 20), () -> {
                view = after;
                granter.settled(before.primary());
            });
        });
    }
}
