package io.flocker.control.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class SubmissionTest {
    private static final Command PLANNED = new Planned.Block(1, "v-1", "");
    private static final Command FAILOVER = new Command.FailOver(
            "", 1, "op-1", 2, "shop", List.of("db"), List.of("v-1"), "n1", "n2", TreePMap.empty(), "");

    @Test
    void aFailoverWaitsAloneAndAllElseTogether() {
        assertThat(Submission.together(List.of(PLANNED, PLANNED, FAILOVER, FAILOVER, PLANNED)))
                .containsExactly(List.of(PLANNED, PLANNED), List.of(FAILOVER), List.of(FAILOVER), List.of(PLANNED));
        assertThat(Submission.together(List.of())).isEmpty();
    }

    @Test
    void notMoreThanTheLogTakesAreOnTheirWay() {
        var many = Collections.nCopies(2 * Submission.MAX_TOGETHER + 1, PLANNED);
        assertThat(Submission.together(many))
                .extracting(List::size)
                .containsExactly(Submission.MAX_TOGETHER, Submission.MAX_TOGETHER, 1);
    }
}
