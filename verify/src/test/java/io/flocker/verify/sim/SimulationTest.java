package io.flocker.verify.sim;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Random worlds. `-Dseeds=N` runs N of them, `-Dseed=S` only that one.
class SimulationTest {
    private static final long DEFAULT_SEEDS = 1_000;

    @Test
    void everyRunKeepsItsPromisesAndComesToRest() {
        String one = System.getProperty("seed", "");
        String many = System.getProperty("seeds", "");
        long seeds = many.isEmpty() ? DEFAULT_SEEDS : Long.parseLong(many);
        if (one.isEmpty()) {
            LongStream.range(0, seeds).parallel().forEach(SimulationTest::run);
        } else {
            run(Long.parseLong(one));
        }
    }

    private static void run(long seed) {
        try {
            new Simulation(seed).run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("Seed " + seed + " failed; repeat it with ./build -Dseed=" + seed, e);
        }
    }
}
