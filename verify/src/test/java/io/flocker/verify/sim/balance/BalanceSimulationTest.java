package io.flocker.verify.sim.balance;

import static io.flocker.verify.sim.balance.BalanceSimulation.GIB;
import static io.flocker.verify.sim.balance.BalanceSimulation.HOUR_MILLIS;
import static io.flocker.verify.sim.balance.BalanceSimulation.MINUTE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.balance.BalanceSettings.QuietHours;
import io.flocker.core.cluster.Command;
import io.flocker.core.load.Usage;
import io.flocker.core.model.Node;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Load that is spread by itself, in random clusters. `-Dseeds=N` runs N of them, `-Dseed=S` only that one.
class BalanceSimulationTest {
    private static final long DEFAULT_SEEDS = 8;
    private static final double EVEN = 0.1;

    /// Noise is measured, too.
    private static final double NOISE = 0.05;

    /// Runs all seeds, or the one that is asked for.
    static void each(LongConsumer run) {
        String one = System.getProperty("seed", "");
        String many = System.getProperty("seeds", "");
        long seeds = many.isEmpty() ? DEFAULT_SEEDS : Long.parseLong(many);
        LongStream all = one.isEmpty() ? LongStream.range(0, seeds) : LongStream.of(Long.parseLong(one));
        all.parallel().forEach(seed -> {
            try {
                run.accept(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("Seed " + seed + " failed; repeat it with ./build -Dseed=" + seed, e);
            }
        });
    }

    /// Nine loaded nodes and a new one.
    private static BalanceSimulation skewed(long seed) {
        var simulation = new BalanceSimulation(seed);
        for (int i = 0; i < 9; i++) {
            simulation.join("n" + i);
        }
        simulation.deployRandomly(90);
        simulation.runFor(20 * MINUTE_MILLIS);
        assertThat(simulation.shifts).as("moves while nobody asked for any").isEmpty();
        simulation.join("n9");
        simulation.set(BalanceSimulation.auto());
        return simulation;
    }

    @Test
    void aNewNodeFillsUpAndThenNothingMovesAnyMore() {
        var moves = new LongAdder();
        var late = new LongAdder();
        each(seed -> {
            BalanceSimulation simulation = skewed(seed);
            assertThat(simulation.deviation()).as("before").isGreaterThan(0.9);
            long begun = simulation.elapsedMillis;
            simulation.runFor(4 * HOUR_MILLIS);
            assertThat(simulation.deviation()).as("after four hours").isLessThan(EVEN + NOISE);
            simulation.runFor(20 * HOUR_MILLIS);
            assertThat(simulation.deviation()).as("after a day").isLessThan(0.2 + NOISE);
            assertThat(simulation.moves(begun + 12 * HOUR_MILLIS, begun + 24 * HOUR_MILLIS))
                    .as("moves in the second half of the day")
                    .isZero();
            moves.add(simulation.shifts.size());
            late.add(simulation.moves(begun + 4 * HOUR_MILLIS, begun + 24 * HOUR_MILLIS));
        });
        System.out.println("Balance: " + moves + " moves, " + late + " of them after the first four hours");
    }

    @Test
    void aNodeThatLiesCannotKeepThingsMoving() {
        each(seed -> {
            BalanceSimulation simulation = skewed(seed);
            simulation.lies.put("n3", seed % 2 == 0 ? 50.0 : seed % 3 == 0 ? Double.NaN : -3.0);
            long begun = simulation.elapsedMillis;
            simulation.runFor(48 * HOUR_MILLIS);
            assertThat(simulation.moves(begun + 24 * HOUR_MILLIS, begun + 48 * HOUR_MILLIS))
                    .as("moves on the second day")
                    .isLessThan(15);
        });
    }

    @Test
    void nothingBeginsWhileANodeIsSilentOrComesAndGoes() {
        each(seed -> {
            BalanceSimulation simulation = skewed(seed);
            for (int i = 0; i < 60; i++) {
                simulation.silent.add("n4");
                int before = simulation.shifts.size();
                simulation.runFor(MINUTE_MILLIS);
                simulation.silent.clear();
                simulation.runFor(MINUTE_MILLIS);
                assertThat(simulation.shifts)
                        .as("moves while n4 comes and goes")
                        .hasSize(before);
            }
            simulation.runFor(4 * HOUR_MILLIS);
            assertThat(simulation.deviation()).as("once it stays").isLessThan(EVEN + NOISE);
        });
    }

    @Test
    void aNodeThatComesBackFillsUpAgain() {
        each(seed -> {
            BalanceSimulation simulation = skewed(seed);
            simulation.accept(new Command.SetAvailability("test", simulation.now(), "n9", Node.Availability.DRAINED));
            simulation.runFor(HOUR_MILLIS);
            assertThat(simulation.shifts)
                    .as("moves to a drained node")
                    .noneMatch(shift -> shift.move().to().equals("n9"));
            simulation.accept(new Command.SetAvailability("test", simulation.now(), "n9", Node.Availability.ACTIVE));
            simulation.runFor(5 * HOUR_MILLIS);
            assertThat(simulation.deviation()).isLessThan(EVEN + NOISE);
        });
    }

    @Test
    void budgetsHold() {
        each(seed -> {
            BalanceSimulation simulation = skewed(seed);
            simulation.set(settings(1, 5, OptionalLong.of(1 << 20), Optional.empty()));
            for (int i = 0; i < 180; i++) {
                simulation.runFor(MINUTE_MILLIS);
                assertThat(simulation.underWay()).as("under way").isLessThanOrEqualTo(1);
            }
            assertThat(simulation.moves(simulation.elapsedMillis - HOUR_MILLIS, simulation.elapsedMillis))
                    .as("in an hour")
                    .isLessThanOrEqualTo(5);
        });
    }

    @Test
    void budgetsOfNothingAndQuietHoursMoveNothing() {
        BalanceSimulation simulation = skewed(1);
        var quiet = new QuietHours("00:00", "23:59", "UTC");
        simulation.set(settings(0, 30, OptionalLong.empty(), Optional.empty()));
        simulation.runFor(HOUR_MILLIS);
        simulation.set(settings(2, 0, OptionalLong.empty(), Optional.empty()));
        simulation.runFor(HOUR_MILLIS);
        simulation.set(settings(2, 30, OptionalLong.empty(), Optional.of(quiet)));
        simulation.runFor(HOUR_MILLIS);
        assertThat(simulation.shifts).isEmpty();
        assertThat(simulation.balancer.story()).contains("00:00-23:59 UTC");

        simulation.set(settings(2, 30, OptionalLong.of(0), Optional.empty()));
        simulation.runFor(HOUR_MILLIS);
        assertThat(simulation.shifts)
                .as("only what has no data")
                .isNotEmpty()
                .allMatch(shift -> !shift.instance().isEmpty());
    }

    private static BalanceSettings settings(
            int atOnce, int perHour, OptionalLong bytesPerSecond, Optional<QuietHours> quiet) {
        return new BalanceSettings(true, false, atOnce, perHour, bytesPerSecond, MINUTE_MILLIS, quiet);
    }

    @Test
    void aMoveThatFailedStopsTheRest() {
        BalanceSimulation simulation = skewed(2);
        simulation.moveFails = true;
        simulation.runFor(HOUR_MILLIS);
        assertThat(simulation.shifts)
                .as("two at once, and two more when it tries again")
                .hasSizeLessThanOrEqualTo(6);
        assertThat(simulation.balancer.story()).contains("the last move failed", "no route to host");

        simulation.moveFails = false;
        simulation.runFor(8 * HOUR_MILLIS);
        assertThat(simulation.deviation()).isLessThan(EVEN + NOISE);
    }

    @Test
    void nothingBeginsDuringAnUpgrade() {
        BalanceSimulation simulation = skewed(3);
        simulation.upgrade("other");
        simulation.runFor(HOUR_MILLIS);
        assertThat(simulation.shifts).isEmpty();
        assertThat(simulation.balancer.story()).isEqualTo("Waits: a deploy of other is under way");
    }

    @Test
    void clocksThatJumpChangeNothing() {
        each(seed -> {
            BalanceSimulation simulation = skewed(seed);
            for (int i = 0; i < 12; i++) {
                simulation.clockMillis += simulation.random.nextLong(-6 * HOUR_MILLIS, 6 * HOUR_MILLIS);
                simulation.runFor(30 * MINUTE_MILLIS);
            }
            simulation.runFor(6 * HOUR_MILLIS);
            assertThat(simulation.deviation()).isLessThan(0.2 + NOISE);
            assertThat(simulation.shifts).as("moves").hasSizeLessThan(200);
        });
    }

    @Test
    void whereNothingHasRoomNothingMoves() {
        var simulation = new BalanceSimulation(5);
        for (int i = 0; i < 3; i++) {
            simulation.join("n" + i, 2, 4 * GIB);
        }
        for (int i = 0; i < 12; i++) {
            simulation.deploy("e" + i, true, 1, new Usage(0.3, GIB, 10 * GIB, 0, 0, 0));
        }
        simulation.runFor(20 * MINUTE_MILLIS);
        simulation.join("small", 2, GIB / 2);
        simulation.set(BalanceSimulation.auto());
        simulation.runFor(2 * HOUR_MILLIS);
        assertThat(simulation.shifts).isEmpty();
        assertThat(simulation.balancer.story()).startsWith("Rests: ").contains("nothing that may move is worth it");
    }

    @Test
    void spreadsOnceIfAskedAndSaysWhenItIsDone() {
        BalanceSimulation simulation = skewed(6);
        simulation.accept(new Command.SetBalance("ann", simulation.now(), BalanceSettings.USUAL, Optional.of(true)));
        simulation.runFor(6 * HOUR_MILLIS);
        assertThat(simulation.deviation()).isLessThan(EVEN + NOISE);
        assertThat(simulation.state.balance().askedBy()).as("who still waits").isEmpty();
        assertThat(simulation.state.events().values())
                .anyMatch(event -> event.text().startsWith("Load is as even as it gets: nodes have "))
                .anyMatch(event -> event.text().matches("Moving .* to n9 to even out load: .*"));
    }
}
