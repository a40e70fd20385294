package io.flocker.verify.sim.balance;

import static io.flocker.verify.sim.balance.BalanceSimulation.HOUR_MILLIS;
import static io.flocker.verify.sim.balance.BalanceSimulation.MINUTE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.balance.BalanceSettings.QuietHours;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Instance;
import io.flocker.core.model.Node;
import io.flocker.core.model.Operation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Balancing while whatever may go wrong does: two hours in which nodes are silent, lie, are drained and join, moves
/// fail, something else is upgraded, the leader's clock jumps and budgets change. `-Dseeds=N` runs N of them,
/// `-Dseed=S` only that one.
class BalanceFaultsTest {
    private static final long STEP_MILLIS = 20_000;
    private static final int FAULTY_STEPS = (int) (2 * HOUR_MILLIS / STEP_MILLIS);

    /// A move that failed often is not tried again for up to six hours.
    private static final long SETTLING_MILLIS = 12 * HOUR_MILLIS;

    /// How uneven load may stay, the noise in what is measured included.
    private static final double UNEVEN = 0.25;

    /// How often each fault began, in all seeds together.
    private final ConcurrentSkipListMap<String, Long> happened = new ConcurrentSkipListMap<>();

    @Test
    void budgetsHoldAndNothingIsLostAndThenLoadIsEven() {
        BalanceSimulationTest.each(seed -> {
            var run = new Run(seed);
            for (int step = 0; step < FAULTY_STEPS; step++) {
                run.change();
                run.step();
            }
            run.heal();
            run.settle();
            run.happened.forEach((what, times) -> happened.merge(what, times, Long::sum));
        });
        System.out.println("Balance under faults: " + happened);
    }

    /// One cluster, and what is wrong with it now.
    private static final class Run {
        private final BalanceSimulation simulation;
        private final Map<String, Long> happened = new TreeMap<>();
        private final Map<String, Long> scales = new TreeMap<>();
        private BalanceSettings settings = BalanceSimulation.auto();
        private Optional<String> upgrade = Optional.empty();
        private long jumpedMillis;
        private int nodes;

        Run(long seed) {
            simulation = new BalanceSimulation(seed);
            int first = 3 + simulation.random.nextInt(3);
            for (int i = 0; i < first; i++) {
                join();
            }
            simulation.deployRandomly(5 * first);
            simulation.runFor(10 * MINUTE_MILLIS);
            join();
            set(settings);
            simulation.state.environments().values().forEach(it -> scales.put(it.name(), living(it)));
        }

        private static long living(Environment environment) {
            return environment.instances().values().stream()
                    .filter(instance -> instance.desired() == Instance.Desired.RUN)
                    .count();
        }

        private void join() {
            simulation.join("n" + nodes++);
        }

        private void set(BalanceSettings next) {
            settings = next;
            simulation.set(next);
        }

        private boolean chance(double probability) {
            return simulation.random.nextDouble() < probability;
        }

        private String anyNode() {
            return "n" + simulation.random.nextInt(nodes);
        }

        private void told(String what) {
            happened.merge(what, 1L, Long::sum);
        }

        /// Something begins or ends to be wrong, on average every two minutes.
        void change() {
            if (!chance(1 / 6.0)) {
                return;
            }
            switch (simulation.random.nextInt(9)) {
                case 0 -> silence();
                case 1 -> lie();
                case 2 -> {
                    simulation.moveFails = !simulation.moveFails && chance(0.5);
                    told(simulation.moveFails ? "moves fail" : "moves succeed");
                }
                case 3 -> upgrade();
                case 4 -> drain();
                case 5 -> {
                    long by = simulation.random.nextLong(-6 * HOUR_MILLIS, 6 * HOUR_MILLIS);
                    simulation.clockMillis += by;
                    jumpedMillis += Math.abs(by);
                    told("clock jumps");
                }
                case 6 -> {
                    if (nodes < 8 && chance(0.3)) {
                        join();
                        told("node joins");
                    }
                }
                case 7 -> {
                    simulation.noise = simulation.random.nextDouble();
                    told("other noise");
                }
                default -> budget();
            }
        }

        private void silence() {
            if (simulation.silent.isEmpty()) {
                simulation.silent.add(anyNode());
                told("node silent");
            } else {
                simulation.silent.clear();
            }
        }

        private void lie() {
            List<Double> lies = List.of(50.0, 0.0, -3.0, Double.NaN, Double.POSITIVE_INFINITY);
            if (simulation.lies.isEmpty()) {
                simulation.lies.put(anyNode(), lies.get(simulation.random.nextInt(lies.size())));
                told("node lies");
            } else {
                simulation.lies.clear();
            }
        }

        private void upgrade() {
            if (upgrade.isEmpty()) {
                upgrade = Optional.of(simulation.upgrade("other"));
                told("upgrade");
            } else {
                simulation.endUpgrade(upgrade.get());
                upgrade = Optional.empty();
            }
        }

        private void drain() {
            String node = anyNode();
            boolean active = isActive(node);
            simulation.accept(new Command.SetAvailability(
                    "test", simulation.now(), node, active ? Node.Availability.DRAINED : Node.Availability.ACTIVE));
            told(active ? "node drained" : "node back");
        }

        private boolean isActive(String node) {
            return simulation.state.nodes().get(node).availability() == Node.Availability.ACTIVE;
        }

        private void budget() {
            Optional<QuietHours> quiet =
                    chance(0.2) ? Optional.of(new QuietHours("00:00", "23:59", "UTC")) : Optional.empty();
            OptionalLong bytes =
                    chance(0.3) ? OptionalLong.of(simulation.random.nextLong(0, 1L << 22)) : OptionalLong.empty();
            set(new BalanceSettings(
                    true,
                    chance(0.1),
                    simulation.random.nextInt(4),
                    simulation.random.nextInt(40),
                    bytes,
                    MINUTE_MILLIS,
                    quiet));
            told("other budget");
        }

        /// Twenty seconds, and what began in them.
        void step() {
            int before = simulation.shifts.size();
            long underWay = simulation.underWay();
            boolean waits = upgrade.isPresent() || simulation.silent.stream().anyMatch(this::isActive);
            simulation.runFor(STEP_MILLIS);
            List<Planned.Shift> begun = List.copyOf(simulation.shifts.subList(before, simulation.shifts.size()));
            if (begun.isEmpty()) {
                return;
            }
            begun.forEach(_ -> told("move"));
            assertThat(waits)
                    .as("what began while there was trouble: %s", begun)
                    .isFalse();
            assertThat(isQuiet()).as("what began in quiet hours: %s", begun).isFalse();
            assertThat(begun)
                    .as("what moves to a node that takes nothing")
                    .allMatch(shift -> isActive(shift.move().to()));
            assertThat(begun.size() + underWay).as("at once").isLessThanOrEqualTo(settings.movesAtOnce());
            List<String> moved =
                    begun.stream().map(shift -> shift.move().environment()).toList();
            assertThat(new HashSet<>(moved)).as("one in an environment").hasSameSizeAs(moved);
            if (jumpedMillis == 0) {
                assertThat(simulation.moves(simulation.elapsedMillis - HOUR_MILLIS + 1, simulation.elapsedMillis + 1))
                        .as("in an hour")
                        .isLessThanOrEqualTo(settings.movesPerHour());
            }
        }

        /// All day but for the minute before midnight.
        private boolean isQuiet() {
            long minute = simulation.now() / MINUTE_MILLIS % (24 * 60);
            return settings.quiet().isPresent() && minute != 24 * 60 - 1;
        }

        void heal() {
            simulation.silent.clear();
            simulation.lies.clear();
            simulation.moveFails = false;
            simulation.noise = 0.3;
            upgrade.ifPresent(simulation::endUpgrade);
            upgrade = Optional.empty();
            for (String node : new ArrayList<>(simulation.state.nodes().keySet())) {
                if (!isActive(node)) {
                    simulation.accept(
                            new Command.SetAvailability("test", simulation.now(), node, Node.Availability.ACTIVE));
                }
            }
            set(BalanceSimulation.auto());
        }

        void settle() {
            // What failed before a clock was set back may have failed again by that clock, much later.
            simulation.runFor(SETTLING_MILLIS + jumpedMillis);
            assertThat(simulation.deviation() < UNEVEN
                            || simulation.plan().moves().isEmpty())
                    .as("even, or as even as it gets: %s; %s", simulation.plan().before(), simulation.balancer.story())
                    .isTrue();
            assertThat(simulation.moves(simulation.elapsedMillis - 2 * HOUR_MILLIS, simulation.elapsedMillis))
                    .as("moves in the last two hours")
                    .isZero();
            assertThat(simulation.state.operations().values())
                    .as("operations that never end")
                    .noneMatch(Operation::running);
            assertThat(scales.keySet().stream().collect(Collectors.toMap(it -> it, it -> living(environment(it)))))
                    .as("instances of each environment")
                    .isEqualTo(scales);
            for (String name : scales.keySet()) {
                assertOnItsData(environment(name));
            }
        }

        private Environment environment(String name) {
            return simulation.state.environment(name).orElseThrow();
        }

        private void assertOnItsData(Environment environment) {
            for (String id : environment.volumes().values()) {
                String primary =
                        simulation.state.volume(id).orElseThrow().head().primary();
                assertThat(environment.instances().values())
                        .as("instances of %s, whose data is on %s", environment.name(), primary)
                        .allMatch(instance -> instance.node().equals(primary));
            }
        }
    }
}
