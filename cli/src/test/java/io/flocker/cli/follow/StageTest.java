package io.flocker.cli.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.client.api.Status;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// What the progress says of a service.
class StageTest {
    private static Status.Instance instance(int slot, int release, double sharePercent) {
        String name = "web." + slot;
        return new Status.Instance(name, "n1", "", release, "web:1", "running", "", sharePercent, "c", 0, 0, 0, 0);
    }

    private static Stage stage(Status.Instance... instances) {
        var service = new Status.Service(
                "web", "web:1", 4, 3, 3, List.of(), List.of(), List.of(), List.of(instances), "", "", "");
        return Stage.of(new Status.Environment(
                        "shop",
                        1,
                        "running",
                        "",
                        List.of(service),
                        List.of(),
                        TreePMap.empty(),
                        List.of(),
                        0,
                        "ann",
                        Optional.empty(),
                        new Status.Life(false, 0, 0, false)))
                .getFirst();
    }

    @Test
    void showsWhatEachReleaseGetsWhileThereAreSeveral() {
        assertThat(stage(instance(1, 3, 45), instance(2, 3, 45), instance(3, 4, 10))
                        .words())
                .isEqualTo("running, 3 of 3 serve; release 3: 90 %, release 4: 10 % of requests");
        assertThat(stage(instance(1, 4, 50), instance(2, 4, 50)).words()).isEqualTo("running, 3 of 3 serve");
    }
}
