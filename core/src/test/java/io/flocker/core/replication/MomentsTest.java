package io.flocker.core.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.Snapshot;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.model.Volume;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Two volumes of one service, and what a node that has some snapshots of them goes on from.
class MomentsTest {
    /// Rounds 1 to 4 were taken together, 5 was not.
    private final List<Volume> volumes = List.of(volume("data"), volume("log"));

    private static Volume volume(String name) {
        Volume volume = Volume.fresh(
                name, "shop", name, VolumeSpec.PLAIN, new Head(1, "n1", Optional.empty(), Optional.empty()), 1);
        for (int round = 1; round <= 5; round++) {
            Snapshot asked = new Snapshot(
                    new SnapshotId(name, 1, round),
                    "",
                    Snapshot.Origin.REPLICATION,
                    "",
                    Snapshot.State.REQUESTED,
                    round * 1_000L,
                    0,
                    0);
            volume = volume.with(asked.taken(round * 1_000L + 7, round == 5 ? 0 : 600));
        }
        return volume;
    }

    private Map<String, Long> bases(List<String> data, List<String> log) {
        return Moments.bases(volumes, Map.of("data", data, "log", log)).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().id().sequence()));
    }

    @Test
    void theNewestCommonMomentIsGoneOnFrom() {
        assertThat(bases(List.of("1.2", "1.3", "1.4"), List.of("1.2", "1.3"))).isEqualTo(Map.of("data", 3L, "log", 3L));
        assertThat(bases(List.of("1.2", "1.4"), List.of("1.2", "1.3"))).isEqualTo(Map.of("data", 2L, "log", 2L));
    }

    @Test
    void whatWasNotTakenTogetherIsOfNoMoment() {
        assertThat(bases(List.of("1.4", "1.5"), List.of("1.4", "1.5"))).isEqualTo(Map.of("data", 4L, "log", 4L));
    }

    @Test
    void withoutACommonMomentTheNewestOfEachIsTakenAndThatIsKnown() {
        assertThat(bases(List.of("1.4"), List.of("1.3"))).isEqualTo(Map.of("data", 4L, "log", 3L));
        assertThat(Moments.areOne(Moments.bases(volumes, Map.of("data", List.of("1.4"), "log", List.of("1.3")))
                        .values()))
                .isFalse();
        assertThat(Moments.areOne(Moments.bases(volumes, Map.of("data", List.of("1.3"), "log", List.of("1.3")))
                        .values()))
                .isTrue();
    }

    @Test
    void aNodeWithoutOneOfThemHasNothingToGoOnFromThere() {
        assertThat(bases(List.of("1.4"), List.of())).isEqualTo(Map.of("data", 4L));
    }
}
