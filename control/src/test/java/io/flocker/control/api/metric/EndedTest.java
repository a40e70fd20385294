package io.flocker.control.api.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.access.Access;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.ledger.Ledger;
import io.flocker.core.model.Schedule;
import io.flocker.core.model.ScheduleRun;
import io.flocker.core.model.ScheduleRun.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class EndedTest {
    private static final List<String> DONE = List.of("staging", "nightly", "done");
    private static final List<String> FAILED = List.of("staging", "nightly", "failed");

    private final Ended ended = new Ended();

    @Test
    void countsEachRunOnceAndRemembersTheLastThatWentWell() {
        Schedule first = schedule(run(1, State.DONE), run(2, State.RUNNING));
        ended.look(state(first));
        ended.look(state(first));
        assertThat(ended.runs()).containsEntry(DONE, 1L).hasSize(1);
        assertThat(Ended.failed(first)).isFalse();

        Schedule second = schedule(run(2, State.FAILED), run(3, State.SKIPPED), run(4, State.FAILED));
        ended.look(state(second));
        assertThat(ended.runs()).containsEntry(DONE, 1L).containsEntry(FAILED, 2L);
        assertThat(ended.lastSuccessMillis(second)).contains(1_000L);
        assertThat(Ended.failed(second)).isTrue();
        assertThat(Ended.failed(schedule(run(4, State.FAILED), run(5, State.SKIPPED))))
                .as("skipped runs say nothing")
                .isTrue();
    }

    @Test
    void forgetsSchedulesThatAreGone() {
        ended.look(state(schedule(run(1, State.DONE))));
        ended.look(ClusterState.EMPTY);

        assertThat(ended.runs()).isEmpty();
    }

    private static ScheduleRun run(long number, State state) {
        long end = state == State.RUNNING ? 0 : number * 1_000;
        return new ScheduleRun(number, "flocker", 0, 1, end, state, "", List.of(), List.of(), "");
    }

    private static Schedule schedule(ScheduleRun... runs) {
        TreePMap<Long, ScheduleRun> all = TreePMap.empty();
        for (ScheduleRun run : runs) {
            all = all.plus(run.number(), run);
        }
        return new Schedule("staging", "nightly", "0 3 * * *", "UTC", 0, false, 0, all);
    }

    private static ClusterState state(Schedule schedule) {
        ClusterState none = ClusterState.EMPTY;
        return new ClusterState(
                1,
                none.nodes(),
                none.tokens(),
                none.environments(),
                none.volumes(),
                none.operations(),
                TreePMap.singleton(schedule.key(), schedule),
                none.certificates(),
                none.balance(),
                none.events(),
                0,
                Access.EMPTY,
                Ledger.EMPTY);
    }
}
