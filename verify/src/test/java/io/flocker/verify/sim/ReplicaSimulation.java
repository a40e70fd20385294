package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.lease.LeaseTerms;
import io.flocker.core.lease.Tenure;
import io.flocker.core.model.Node;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.replication.Replication;
import io.flocker.core.spec.ReplicationSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.pcollections.TreePMap;

/// One run of replication and failover: services that write all the time, users who do anything, and everything that
/// may go wrong; then faults stop, and everything is where it should be, with nothing lost but what was stated.
final class ReplicaSimulation {
    private static final long FAULTY_MILLIS = 45_000;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final double CLOCK_ERROR = 0.01;
    /// How far a replica is behind at most if nothing goes wrong, beside the time between two rounds.
    private static final long STEP_MILLIS = 4_000;

    private static final int MOST_ROUNDS_KEPT = 20;

    /// What a test leaves out of replication and failover, to see that it is needed.
    enum Flaw {
        NONE,
        /// A silent node's volumes are taken from it although its lease may hold.
        DOES_NOT_WAIT,
        /// A node that is heard while its volumes are being taken from it gets a lease.
        GRANTS_WHILE_RAISING,
        /// The guard ends with its agent.
        GUARD_DIES_WITH_AGENT,
        /// A replica takes over with less than it has.
        PROMOTES_THE_OLDER,
        /// What is replicated together is snapshotted one after the other.
        TAKES_ROUNDS_APART,
        /// What a former primary wrote is not kept.
        DELETES_THE_TAIL;

        /// The failover as it is decided.
        Command.FailOver on(Command.FailOver command) {
            if (this != PROMOTES_THE_OLDER) {
                return command;
            }
            TreePMap<String, List<String>> held = command.held();
            for (var entry : command.held().entrySet()) {
                List<String> oldest = entry.getValue().stream()
                        .sorted(Comparator.comparing(position -> SnapshotId.of("", position)))
                        .limit(1)
                        .toList();
                held = held.plus(entry.getKey(), oldest);
            }
            return new Command.FailOver(
                    command.by(),
                    command.atMillis(),
                    command.operation(),
                    command.deadlineMillis(),
                    command.environment(),
                    command.services(),
                    command.volumes(),
                    command.from(),
                    command.to(),
                    held,
                    command.story());
        }
    }

    private final Timeline time;
    private final Faults faults;
    private final SimCluster cluster;
    private final SimLeader leader;
    private final ReplicaUsers users;
    private final ReplicaLedger ledger;
    private boolean harming = true;

    ReplicaSimulation(long seed, Flaw flaw) {
        time = new Timeline(seed);
        faults = new Faults(time);
        cluster = new SimCluster(time, faults, time.between(3, 4));
        cluster.roundMillis = 400;
        leader = cluster.leader;
        users = new ReplicaUsers(time, cluster);
        ledger = new ReplicaLedger(cluster, time);
        leader.decisions = ledger::made;
        leader.flaw = flaw;
        leader.logMillis = time.chance(0.3) && flaw == Flaw.NONE ? 0 : time.between(1, 3_000);
        cluster.mayOverlap = ledger::mayOverlap;
        cluster.nodes.forEach(node -> node.flaw(flaw));
    }

    void run() {
        cluster.start();
        leader.submit(users.deploy());
        leader.submit(users.deploy());
        setClocks();
        write();
        tick();
        runUntil(time.now() + 4_000);
        time.after(100, this::ask);
        time.after(1_000, this::harm);
        runUntil(time.now() + FAULTY_MILLIS);
        harming = false;
        faults.stop();
        heal();
        cluster.nodes.forEach(node ->
                leader.submit(new Command.SetAvailability("sim", time.clock(), node.name, Node.Availability.ACTIVE)));
        leader.state().operations().keySet().forEach(id -> leader.submit(new Command.Resume("sim", time.clock(), id)));
        leader.state()
                .schedules()
                .values()
                .forEach(schedule -> leader.submit(
                        new Command.PauseSchedule("sim", time.clock(), schedule.environment(), schedule.name(), true)));
        cluster.settle();
        rest();
        ledger.assertNothingIsLost();
    }

    /// What came about, and how often.
    Map<String, Long> counts() {
        ledger.counts.put(
                "fenced",
                cluster.nodes.stream().mapToLong(node -> node.guard.fencings).sum());
        return ledger.counts;
    }

    private void runUntil(long end) {
        while (time.now() < end && cluster.step()) {
            check();
        }
    }

    /// No container writes under an epoch after a higher one was given to another node.
    private void check() {
        for (SimNode node : cluster.nodes) {
            for (Tenure tenure : node.writesUnder()) {
                Volume volume = leader.state().volume(tenure.volume()).orElse(null);
                boolean late = volume != null
                        && volume.head().epoch() > tenure.epoch()
                        && !volume.head().primary().equals(node.name)
                        && !ledger.mayOverlap(volume.id());
                if (volume != null && late) {
                    throw new AssertionError(node.name + " writes under " + tenure + ", though " + volume.head());
                }
            }
        }
    }

    private void write() {
        cluster.nodes.forEach(node -> {
            if (node.isUp()) {
                node.write((volume, what) -> ledger.written(node, volume, what));
            }
        });
        time.after(time.between(50, 400), this::write);
    }

    private void tick() {
        if (cluster.leaderUp) {
            leader.plan();
        }
        time.after(500, this::tick);
    }

    private void ask() {
        if (harming) {
            if (cluster.leaderUp && !faults.messageLost()) {
                users.act();
                leader.plan();
            }
            time.after(time.between(100, 4_000), this::ask);
        }
    }

    // What goes wrong

    private void setClocks() {
        leader.setRate(anyRate());
        cluster.nodes.forEach(node -> node.guard.setRate(anyRate()));
    }

    private double anyRate() {
        return switch (time.between(0, 3)) {
            case 0 -> 1 - CLOCK_ERROR;
            case 1 -> 1 + CLOCK_ERROR;
            default -> 1 + CLOCK_ERROR * time.between(-100, 100) / 100;
        };
    }

    /// A node, more likely one that something is written on.
    private SimNode any() {
        List<Volume> volumes = List.copyOf(leader.state().volumes().values());
        if (!volumes.isEmpty() && time.chance(0.5)) {
            return cluster.node(
                    volumes.get(time.between(0, volumes.size() - 1)).head().primary());
        }
        return cluster.nodes.get(time.between(0, cluster.nodes.size() - 1));
    }

    private void harm() {
        if (!harming) {
            return;
        }
        time.after(time.between(200, 7_000), this::harm);
        SimNode node = any();
        switch (time.between(0, 13)) {
            case 0 -> node.pause(time.between(100, 12_000));
            case 1 -> node.crash();
            case 2, 3 -> powerCut(node, time.between(500, 25_000));
            case 4 -> cut(node.name, leader.home(), time.between(1_000, 20_000));
            case 5 -> cut(leader.home(), node.name, time.between(1_000, 20_000));
            case 6, 12 -> {
                // Often about as long as a lease.
                int lease = (int) LeaseTerms.USUAL.leaseMillis();
                int millis = time.chance(0.5) ? lease + time.between(-100, 3_000) : time.between(1_000, 25_000);
                cut(node.name, leader.home(), millis);
                cut(leader.home(), node.name, millis);
                if (time.chance(0.3)) {
                    cluster.nodes.forEach(other -> cut(node.name, other.name, millis));
                }
                if (time.chance(0.3)) {
                    time.after(time.between(1, millis), node::crash);
                }
            }
            case 7 -> cut(node.name, any().name, time.between(1_000, 20_000));
            case 8 -> crashLeader();
            case 9 -> {
                node.full(true);
                time.after(time.between(1_000, 15_000), () -> node.full(false));
            }
            case 10 -> {
                node.slowness = time.between(5, 100);
                time.after(time.between(3_000, 20_000), () -> node.slowness = 1);
            }
            default -> failTwice();
        }
        if (time.chance(0.2)) {
            setClocks();
        }
    }

    private void cut(String from, String to, long millis) {
        cluster.network.cut(from, to);
        time.after(millis, () -> cluster.network.heal(from, to));
    }

    private void powerCut(SimNode node, long millis) {
        if (node.isUp()) {
            node.powerOff();
            time.after(millis, node::powerOn);
        }
    }

    private void crashLeader() {
        leader.crash();
        cluster.leaderUp = false;
        time.after(time.between(10, 3_000), () -> cluster.leaderUp = true);
    }

    /// A primary goes, then the one that has taken over; the first is back first, or last.
    private void failTwice() {
        List<Volume> volumes = List.copyOf(leader.state().volumes().values());
        if (volumes.isEmpty()) {
            return;
        }
        String id = volumes.get(time.between(0, volumes.size() - 1)).id();
        SimNode first = cluster.node(volumes.stream()
                .filter(volume -> volume.id().equals(id))
                .findFirst()
                .orElseThrow()
                .head()
                .primary());
        int away = time.between(8_000, 25_000);
        powerCut(first, away);
        time.after(
                time.between(200, 9_000),
                () -> leader.state()
                        .volume(id)
                        .map(volume -> cluster.node(volume.head().primary()))
                        .filter(second -> second != first)
                        .ifPresent(second -> powerCut(second, time.between(1_000, 25_000))));
    }

    private void heal() {
        cluster.network.heal();
        cluster.leaderUp = true;
        for (SimNode node : cluster.nodes) {
            node.powerOn();
            node.full(false);
            node.slowness = 1;
        }
    }

    // How it ends

    /// Some moment soon there is nothing but what should be.
    private void rest() {
        long patience = time.now() + PATIENCE_MILLIS;
        List<String> wrong = wrong();
        while (!wrong.isEmpty()) {
            if (time.now() > patience) {
                assertThat(wrong).as("what is left when faults have stopped").isEmpty();
            }
            long until = time.now() + 100;
            runUntil(until);
            wrong = wrong();
        }
    }

    private List<String> wrong() {
        List<String> wrong = new ArrayList<>();
        ClusterState state = leader.state();
        for (Volume volume : state.volumes().values()) {
            if (volume.state() == Volume.State.ACTIVE) {
                wrongOf(volume, wrong);
                cluster.nodes.forEach(node -> wrongOn(node, volume, wrong));
            }
        }
        for (SimNode node : cluster.nodes) {
            // What was begun for an agent that has died since may come after a volume was deleted.
            node.pool().list().keySet().stream()
                    .filter(id -> !state.volumes().containsKey(id) && node.life() == 0)
                    .forEach(id -> wrong.add(node.name + " has " + id + ", which nobody knows"));
        }
        return wrong;
    }

    private void wrongOf(Volume volume, List<String> wrong) {
        List<String> nodes = Replication.nodes(volume);
        if (!volume.replicas().rejoining().isEmpty()
                || !volume.replicas().blocked().isEmpty()) {
            wrong.add("not at rest: " + volume);
        }
        if (!nodes.equals(List.copyOf(volume.copies().keySet()))) {
            wrong.add("copies but no replicas: " + volume);
        }
        if (!nodes.containsAll(volume.replicas().tips().keySet())) {
            wrong.add("pinned for nobody: " + volume);
        }
        Optional<ReplicationSpec> spec = volume.spec().replication();
        int least = spec.map(
                        it -> it.to().isEmpty() ? Math.min(it.copies(), cluster.nodes.size() - 1) : wanted(volume, it))
                .orElse(0);
        if (nodes.size() < least) {
            wrong.add("only " + nodes + " have replicas of " + volume);
        }
        long rounds = volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.origin() == Snapshot.Origin.REPLICATION)
                .count();
        if (rounds > (spec.isEmpty() ? 0 : MOST_ROUNDS_KEPT)) {
            wrong.add(rounds + " snapshots of rounds are kept of " + volume);
        }
        volume.snapshots().values().stream()
                .filter(snapshot -> snapshot.state() == Snapshot.State.REQUESTED
                        && snapshot.id().epoch() < volume.head().epoch())
                .forEach(snapshot -> wrong.add("never taken: " + snapshot + " of " + volume));
        long oldest = time.clock() - spec.map(ReplicationSpec::everyMillis).orElse(0L) - STEP_MILLIS;
        for (String node : nodes) {
            Optional<Snapshot> newest = Replication.newestOf(
                    volume,
                    cluster.node(node)
                            .pool()
                            .list()
                            .getOrDefault(volume.id(), new StoredVolume(volume.id(), 0, List.of(), 0, ""))
                            .snapshots());
            if (newest.filter(it -> it.requestedAtMillis() >= oldest).isEmpty()) {
                wrong.add(node + " is behind with " + volume.id() + ": " + newest + " at " + time.clock() + " of "
                        + volume);
            }
        }
    }

    private int wanted(Volume volume, ReplicationSpec spec) {
        Set<String> nodes = new TreeSet<>(spec.to());
        nodes.remove(volume.head().primary());
        nodes.retainAll(leader.state().nodes().keySet());
        return nodes.size();
    }

    private void wrongOn(SimNode node, Volume volume, List<String> wrong) {
        StoredVolume stored = node.pool().list().get(volume.id());
        boolean primary = volume.head().primary().equals(node.name);
        if (stored == null) {
            if (primary) {
                wrong.add(node.name + " has no " + volume.id());
            }
            return;
        }
        if (!primary && !volume.copies().containsKey(node.name)) {
            wrong.add(node.name + " still has " + stored);
            return;
        }
        if (stored.headEpoch() != (primary ? volume.head().epoch() : 0)) {
            wrong.add(node.name + " has another head of " + volume + ": " + stored);
        }
        Set<String> known = volume.snapshots().keySet();
        for (String position : stored.snapshots()) {
            // What an attempt at a checkpoint took that was given up when its agent had died stays as long as its
            // epoch.
            boolean ofAttempt = primary
                    && SnapshotId.of(volume.id(), position).epoch()
                            == volume.head().epoch();
            if (!known.contains(position) && !ofAttempt) {
                wrong.add(node.name + " has " + new SnapshotId(volume.id(), 0, 0) + " " + position
                        + ", which nobody knows");
            }
        }
        if (primary) {
            volume.snapshots().values().stream()
                    .filter(snapshot -> snapshot.state() == Snapshot.State.READY)
                    .filter(snapshot ->
                            !stored.snapshots().contains(snapshot.id().position()))
                    .forEach(snapshot -> wrong.add(node.name + " has no " + snapshot));
        }
    }
}
