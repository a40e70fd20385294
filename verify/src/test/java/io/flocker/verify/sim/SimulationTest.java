package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Random worlds. `-Dseeds=N` runs N of them, `-Dseed=S` only that one.
class SimulationTest {
    private static final long DEFAULT_SEEDS = 1_000;
    /// Of fewer, chance decides what there is among them.
    private static final long TELLING_SEEDS = 500;

    /// How operations ended, over all seeds: `move DONE`.
    private static final Map<String, Long> ENDED = new ConcurrentSkipListMap<>();

    @Test
    void everyRunKeepsItsPromisesAndComesToRest() {
        String one = System.getProperty("seed", "");
        String many = System.getProperty("seeds", "");
        long seeds = many.isEmpty() ? DEFAULT_SEEDS : Long.parseLong(many);
        if (one.isEmpty()) {
            LongStream.range(0, seeds).parallel().forEach(SimulationTest::run);
            System.out.println("Operations over " + seeds + " seeds: " + ENDED);
            if (seeds >= TELLING_SEEDS) {
                assertThatMuchSucceeds(seeds);
            }
        } else {
            run(Long.parseLong(one));
        }
    }

    private static void assertThatMuchSucceeds(long seeds) {
        for (String verb : List.of("deploy", "remove", "restart", "roll back", "move")) {
            assertThat(ENDED.getOrDefault(verb + " DONE", 0L))
                    .as("a simulation in which no %s succeeds shows nothing about it", verb)
                    .isGreaterThan(seeds / 20);
        }
        assertThat(ENDED.getOrDefault("run DONE", 0L)).isGreaterThan(seeds / 20);
        assertThat(ENDED.getOrDefault("schedule DONE", 0L)).isGreaterThan(seeds / 50);
        // It takes a checkpoint and a branch first.
        assertThat(ENDED.getOrDefault("refresh DONE", 0L)).isGreaterThan(seeds / 200);
    }

    private static void run(long seed) {
        try {
            var simulation = new Simulation(seed);
            simulation.run();
            simulation.ended().forEach(ended -> ENDED.merge(ended, 1L, Long::sum));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("Seed " + seed + " failed; repeat it with ./build -Dseed=" + seed, e);
        }
    }
}
