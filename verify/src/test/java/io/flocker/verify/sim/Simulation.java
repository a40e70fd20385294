package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// One run: users, leader, nodes and faults for a while; then the faults stop and everything must come to rest.
final class Simulation {
    private static final long FAULTY_MILLIS = 30_000;
    private static final long DRAIN_MILLIS = 120_000;
    private static final double DRAINED = 0.3;

    private final Timeline time;
    private final Faults faults;
    private final SimCluster cluster;
    private final SimLeader leader;
    private final SimClient client;
    private boolean users = true;

    Simulation(long seed) {
        time = new Timeline(seed);
        faults = new Faults(time);
        cluster = new SimCluster(time, faults);
        leader = cluster.leader;
        client = new SimClient(time);
    }

    void run() {
        cluster.start();
        time.after(100, this::ask);
        time.after(1_000, this::crash);
        time.after(2_000, this::setClocks);
        long quiet = time.now() + FAULTY_MILLIS;
        cluster.runUntil(quiet);
        faults.stop();
        users = false;
        cluster.leaderUp = true;
        cluster.nodes.forEach(node -> available(node, Node.Availability.ACTIVE));
        leader.state().operations().keySet().forEach(this::resume);
        pauseSchedules();
        cluster.settle();
        assertRests();
        if (time.chance(DRAINED)) {
            drain(cluster.nodes.getFirst());
        }
    }

    /// As far as somebody leads.
    private void resume(String operation) {
        if (cluster.leaderUp) {
            leader.submit(new Command.Resume("sim", time.clock(), operation));
        }
    }

    /// Else it would never rest.
    private void pauseSchedules() {
        leader.state()
                .schedules()
                .values()
                .forEach(schedule -> leader.submit(
                        new Command.PauseSchedule("sim", time.clock(), schedule.environment(), schedule.name(), true)));
    }

    private void available(SimNode node, Node.Availability availability) {
        leader.submit(new Command.SetAvailability("sim", time.clock(), node.name, availability));
    }

    /// Everything leaves a drained node that may be on another one.
    private void drain(SimNode node) {
        available(node, Node.Availability.DRAINED);
        long patience = time.now() + DRAIN_MILLIS;
        do {
            cluster.settle();
        } while (!movable(node).isEmpty() && time.now() < patience);
        assertThat(movable(node))
                .as("moves from the drained node %s", node.name)
                .isEmpty();
    }

    /// The moves that would be accepted of what is on a node.
    private List<Command.Move> movable(SimNode node) {
        List<Command.Move> moves = new ArrayList<>();
        for (Environment environment : leader.state().environments().values()) {
            environment
                    .volumes()
                    .forEach((name, id) -> leader.state()
                            .volume(id)
                            .filter(volume -> volume.head().primary().equals(node.name))
                            .ifPresent(_ -> moves.add(move(environment, "", name))));
            environment.instances().values().stream()
                    .filter(instance -> instance.node().equals(node.name))
                    .forEach(instance -> moves.add(move(environment, instance.service(), "")));
        }
        return moves.stream()
                .filter(move -> leader.state().after(move) instanceof Outcome.Accepted)
                .toList();
    }

    private Command.Move move(Environment environment, String service, String volume) {
        return new Command.Move("sim", time.clock(), "move", time.clock(), environment.name(), service, volume, "", "");
    }

    /// How the operations ended that are still remembered: `deploy DONE`; and each time a service followed its load.
    List<String> ended() {
        Stream<String> schedules = leader.state().schedules().values().stream()
                .flatMap(schedule -> schedule.runs().values().stream())
                .map(run -> "schedule " + run.state());
        return Stream.of(
                        schedules,
                        leader.state().operations().values().stream()
                                .map(operation -> operation.verb() + " " + operation.state()),
                        Stream.generate(() -> "scale DONE").limit(leader.scaled))
                .flatMap(each -> each)
                .toList();
    }

    /// Somebody sets the clocks, or the machine wakes from a sleep.
    private void setClocks() {
        if (faults.goOn()) {
            time.set(faults.clockJump());
            time.after(time.between(1_000, 20_000), this::setClocks);
        }
    }

    private void ask() {
        if (users) {
            if (cluster.leaderUp && !faults.messageLost()) {
                Command asked = client.next(leader.state());
                leader.submit(asked);
                if (asked instanceof Command.Pause pause) {
                    time.after(time.between(100, 6_000), () -> resume(pause.operation()));
                }
                leader.plan();
            }
            time.after(time.between(50, 4_000), this::ask);
        }
    }

    private void crash() {
        if (users) {
            for (SimNode node : cluster.nodes) {
                if (faults.crashes()) {
                    node.crash();
                }
            }
            if (faults.crashes()) {
                leader.crash();
                cluster.leaderUp = false;
                time.after(time.between(10, 3_000), () -> cluster.leaderUp = true);
            }
            time.after(500, this::crash);
        }
    }

    /// What has converged stays put: only snapshots by policy go on.
    private void assertRests() {
        long steps = stepsTaken();
        cluster.runUntil(time.now() + 20_000);
        if (!cluster.followsPolicies()) {
            assertThat(stepsTaken())
                    .as(
                            "steps after rest, the last ones %s",
                            cluster.nodes.stream()
                                    .map(node -> String.valueOf(node.lastStep))
                                    .toList())
                    .isEqualTo(steps);
        }
        assertThat(cluster.unsettled()).as("what came up again").isEmpty();
    }

    private long stepsTaken() {
        return cluster.nodes.stream().mapToLong(node -> node.stepsTaken).sum();
    }
}
