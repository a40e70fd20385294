package io.flocker.core.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.plan.Observed;
import io.flocker.core.plan.Sighting;
import io.flocker.core.plan.Transfer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class BacklogTest {
    private final ReplicatedVolume volume = new ReplicatedVolume(ReplicatedVolume.to("n2"));

    private static Sighting telling(Transfer... transfers) {
        return new Sighting(Observed.NOTHING, true, List.of(), List.of(), TreePMap.empty(), List.of(transfers), 0);
    }

    @Test
    void isWhatTheLastDifferenceHadForAsLongAsTheReplicaIsBehind() {
        Sighting sighting = telling(
                new Transfer("v1", "1.8", 10, 500, 5, false), new Transfer("v1", "1.7", 2_000, 2_000, 8_000, true));
        assertThat(Backlog.bytes(volume.volume(), sighting, 3_000)).isEqualTo(6_000);
        assertThat(Backlog.bytesPerSecond(volume.volume(), sighting)).isEqualTo(8_000);
    }

    @Test
    void isNotKnownBeforeADifferenceHasComeOrWithoutTheReplica() {
        assertThat(Backlog.bytes(volume.volume(), null, 3_000)).isEqualTo(Backlog.UNKNOWN);
        assertThat(Backlog.bytes(volume.volume(), telling(new Transfer("v1", "1.8", 10, 500, 5, false)), 3_000))
                .isEqualTo(Backlog.UNKNOWN);
        assertThat(Backlog.bytes(volume.volume(), telling(new Transfer("v2", "1.8", 10, 10, 5, true)), 3_000))
                .isEqualTo(Backlog.UNKNOWN);
        assertThat(Backlog.bytes(volume.volume(), telling(new Transfer("v1", "1.8", 10, 10, 5, true)), -1))
                .isEqualTo(Backlog.UNKNOWN);
    }

    @Test
    void ofSeveralIsTheSumIfAllAreKnown() {
        assertThat(Backlog.sum(2, 3)).isEqualTo(5);
        assertThat(Backlog.sum(2, Backlog.UNKNOWN)).isEqualTo(Backlog.UNKNOWN);
    }

    @Test
    void isToldAfterHowMuchOfThePastIsLost() {
        assertThat(Candidate.about(1_258_291)).isEqualTo(", about 1.2 MiB");
        assertThat(Candidate.about(Backlog.UNKNOWN)).isEmpty();
    }
}
