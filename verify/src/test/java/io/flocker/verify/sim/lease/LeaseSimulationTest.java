package io.flocker.verify.sim.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random runs of the lease. `-Dseeds=N` runs N of them, `-Dseed=S` only that one.
class LeaseSimulationTest {
    private static final long DEFAULT_SEEDS = 2_000;
    private static final long SEEDS_TO_FIND_A_FLAW = 1_000;

    @Test
    void neverHasTwoWriters() {
        String one = System.getProperty("seed", "");
        String many = System.getProperty("seeds", "");
        long seeds = many.isEmpty() ? DEFAULT_SEEDS : Long.parseLong(many);
        var failovers = new LongAdder();
        var fencings = new LongAdder();
        var writes = new LongAdder();
        LongStream all = one.isEmpty() ? LongStream.range(0, seeds) : LongStream.of(Long.parseLong(one));
        all.parallel().forEach(seed -> {
            LeaseSimulation simulation = run(seed);
            failovers.add(simulation.failovers());
            fencings.add(simulation.fencings());
            writes.add(simulation.writes);
        });
        System.out.println("Lease over " + (one.isEmpty() ? seeds + " seeds" : "seed " + one) + ": " + writes
                + " writes, " + failovers + " failovers, " + fencings + " fencings");
        if (one.isEmpty()) {
            assertThat(failovers.sum()).as("failovers").isGreaterThan(seeds / 2);
            assertThat(fencings.sum()).as("fencings").isGreaterThan(seeds / 2);
        }
    }

    private static LeaseSimulation run(long seed) {
        var simulation = new LeaseSimulation(seed, LeaseSimulation.Flaw.NONE);
        try {
            simulation.run();
            return simulation;
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("Seed " + seed + " failed; repeat it with ./build -Dseed=" + seed, e);
        }
    }

    /// Every part of the protocol is needed: without it, this simulation finds two writers.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsWhatIsLeftOut(LeaseSimulation.Flaw flaw) {
        OptionalLong caught = LongStream.range(0, SEEDS_TO_FIND_A_FLAW)
                .filter(seed -> fails(seed, flaw))
                .findFirst();
        System.out.println("Lease that " + flaw + ": caught by seed " + caught);
        assertThat(caught).as("seed that catches " + flaw).isPresent();
    }

    private static boolean fails(long seed, LeaseSimulation.Flaw flaw) {
        try {
            new LeaseSimulation(seed, flaw).run();
            return false;
        } catch (AssertionError e) {
            return String.valueOf(e.getMessage()).contains(" writes ");
        }
    }
}
