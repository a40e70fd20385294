package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random worlds in which volumes are replicated. `-Dseeds=N` runs N of them, `-Dseed=S` only that one.
class ReplicaSimulationTest {
    private static final long DEFAULT_SEEDS = 40;
    private static final long SEEDS_TO_FIND_A_FLAW = 200;

    private static final Map<String, Long> COUNTS = new ConcurrentSkipListMap<>();

    @Test
    void nothingIsLostButWhatWasStated() {
        String one = System.getProperty("seed", "");
        String many = System.getProperty("seeds", "");
        long seeds = many.isEmpty() ? DEFAULT_SEEDS : Long.parseLong(many);
        if (!one.isEmpty()) {
            run(Long.parseLong(one));
            return;
        }
        LongStream.range(0, seeds).parallel().forEach(ReplicaSimulationTest::run);
        System.out.println("Replication over " + seeds + " seeds: " + COUNTS);
        for (String what : List.of(
                "failover by itself",
                "blocked",
                "rejoined, diverged",
                "rejoined, unmodified",
                "fenced",
                "moved to a replica")) {
            assertThat(COUNTS.getOrDefault(what, 0L))
                    .as("a simulation in which nothing is %s shows nothing about it", what)
                    .isGreaterThanOrEqualTo(seeds / 40);
        }
    }

    private static void run(long seed) {
        var simulation = new ReplicaSimulation(seed, ReplicaSimulation.Flaw.NONE);
        try {
            simulation.run();
            simulation.counts().forEach((what, count) -> COUNTS.merge(what, count, Long::sum));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("Seed " + seed + " failed; repeat it with ./build -Dseed=" + seed, e);
        }
    }

    /// Every part is needed: without it, this simulation finds what goes wrong.
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsWhatIsLeftOut(ReplicaSimulation.Flaw flaw) {
        OptionalLong caught = LongStream.range(0, SEEDS_TO_FIND_A_FLAW)
                .parallel()
                .filter(seed -> fails(seed, flaw))
                .findAny();
        System.out.println("Replication with " + flaw + ": caught by seed " + caught);
        assertThat(caught).as("seed that catches " + flaw).isPresent();
    }

    private static boolean fails(long seed, ReplicaSimulation.Flaw flaw) {
        try {
            new ReplicaSimulation(seed, flaw).run();
            return false;
        } catch (AssertionError e) {
            return true;
        }
    }
}
