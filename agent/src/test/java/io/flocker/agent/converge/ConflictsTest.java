package io.flocker.agent.converge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.WantedVolume;
import io.flocker.core.plan.Step;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ConflictsTest {
    private static final Head HEAD = new Head(2, "n1", Optional.empty(), Optional.empty());

    @Test
    void noVolumeIsChangedUnderWhatIsBeingStarted() {
        Set<String> busy = Set.of("shop/db.1", "routes");
        assertThat(Stream.of(
                        new Step.MakeHead("v1", HEAD, ""),
                        new Step.DropHead("v1", new SnapshotId("v1", 1, 1)),
                        new Step.DeleteVolume("v1")))
                .allMatch(step -> Conflicts.with(busy, step, assignment()));
    }

    /// What is taken may hold the last that was written, and goes again if the others do not take theirs.
    @Test
    void noHeadIsGivenUpWhileSnapshotsAreTakenTogether() {
        for (String subject : List.of("checkpoint shop/nightly", "replicas of v2")) {
            Set<String> busy = Set.of(subject);
            assertThat(Conflicts.with(busy, new Step.DropHead("v1", new SnapshotId("v1", 1, 1)), assignment()))
                    .isTrue();
            assertThat(Conflicts.with(busy, new Step.DeleteVolume("v1"), assignment()))
                    .isTrue();
            assertThat(Conflicts.with(busy, new Step.MakeHead("v1", HEAD, ""), assignment()))
                    .isFalse();
        }
    }

    @Test
    void whatHasNothingToDoWithItGoesOn() {
        assertThat(Conflicts.with(Set.of("shop-2/db.1"), new Step.MakeHead("v1", HEAD, ""), assignment()))
                .as("another environment's container")
                .isFalse();
        assertThat(Conflicts.with(Set.of("shop/db.1"), new Step.LimitVolume("v1", 1), assignment()))
                .as("no change of what a container has mounted")
                .isFalse();
    }

    @Test
    void stepsOfOneSubjectAreTakenOneAfterTheOther() {
        Step step = new Step.CreateNetwork("shop");
        assertThat(Conflicts.with(Set.of(step.subject()), step, assignment())).isTrue();
        assertThat(Conflicts.with(Set.of(), step, assignment())).isFalse();
    }

    private static Assignment assignment() {
        var volume = new WantedVolume(
                "v1",
                "shop",
                HEAD,
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                0,
                "",
                List.of(),
                List.of(),
                false,
                false,
                0,
                false);
        return new Assignment(
                "n1",
                TreePMap.empty(),
                TreePMap.singleton("v1", volume),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty());
    }
}
