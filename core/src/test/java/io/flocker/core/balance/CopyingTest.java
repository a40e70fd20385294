package io.flocker.core.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.Transfer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// How long it takes until all copies are there.
class CopyingTest {
    private static final long MIB = 1L << 20;

    private static Resettled to(String node, long bytes) {
        return new Resettled("shop", "db", "n1", node, bytes, "it has a replica");
    }

    private static Sighting telling(Transfer... transfers) {
        return new Sighting(Observed.NOTHING, true, List.of(), List.of(), TreePMap.empty(), List.of(transfers), 0);
    }

    @Test
    void nodesSendSideBySideEachOneAfterTheOther() {
        var copying = Copying.of(List.of(to("n2", 100 * MIB), to("n2", 100 * MIB), to("n3", 150 * MIB)), List.of());
        assertThat(copying).isEqualTo(new Copying(50 * MIB, 4));
    }

    @Test
    void itIsAsFastAsTheSlowestLargeTransferHasBeen() {
        Sighting slow = telling(
                new Transfer("v1", "1.1", 200 * MIB, 200 * MIB, 10 * MIB, true),
                new Transfer("v2", "1.7", MIB, MIB, MIB, true));
        Sighting quick = telling(new Transfer("v3", "1.1", 200 * MIB, 900 * MIB, 90 * MIB, false));
        assertThat(Copying.of(List.of(to("n2", 100 * MIB)), List.of(quick, slow)))
                .isEqualTo(new Copying(10 * MIB, 10));
    }

    @Test
    void nothingToCopyTakesNoTime() {
        assertThat(Copying.of(List.of(to("n2", 0)), List.of()).seconds()).isZero();
    }
}
