package io.flocker.verify.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Operation;
import io.flocker.core.model.Operation.Phase;
import io.flocker.verify.sim.SimMove.MoveFault;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every fault in every phase of a move, at several moments of it: one writer at any time, every acknowledged write is
/// kept, the move ends long before its time limit, and nothing of it is left. `-Dseeds=N` runs N/200 moments of each,
/// `-Dseed=S` only that one.
class MoveFaultsTest {
    private static final long SEEDS_PER_MOMENT = 200;

    static Stream<Arguments> cases() {
        return Stream.of(Phase.values())
                .filter(phase -> phase != Phase.END)
                .flatMap(phase -> Stream.of(MoveFault.values()).map(fault -> Arguments.of(phase, fault)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void endsWithOneWriterAndAllWrites(Phase phase, MoveFault fault) {
        Long one = Long.getLong("seed");
        long moments = Math.max(Long.getLong("seeds", 1_000) / SEEDS_PER_MOMENT, 1);
        LongStream seeds = one == null ? LongStream.range(0, moments) : LongStream.of(one);
        seeds.parallel().forEach(seed -> run(seed, phase, fault));
    }

    private static void run(long seed, Phase phase, MoveFault fault) {
        try {
            var move = new SimMove(seed, phase, fault);
            move.run();
            assertEndsWell(move, phase, fault);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                    "Seed " + seed + " failed for " + fault + " in " + phase + "; repeat it with ./build -Dseed="
                            + seed,
                    e);
        }
    }

    private static void assertEndsWell(SimMove move, Phase phase, MoveFault fault) {
        Operation.State state = move.operation().state();
        boolean goesBack = phase == Phase.UNDO || phase == Phase.CLEAN_UP;
        if (fault == MoveFault.CANCEL) {
            assertThat(state).isEqualTo(Operation.State.CANCELLED);
            assertThat(move.isBack()).as("back after a cancel").isEqualTo(phase != Phase.UNDO);
        } else if (fault.isBrief()) {
            assertThat(state)
                    .as("%s", move.operation())
                    .isEqualTo(goesBack ? Operation.State.FAILED : Operation.State.DONE);
            assertThat(move.isBack()).isEqualTo(goesBack);
        }
    }
}
