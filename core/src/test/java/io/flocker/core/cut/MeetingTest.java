package io.flocker.core.cut;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cut.Meeting.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeetingTest {
    private final Meeting meeting = new Meeting(new Cut("shop", "nightly", "v1@1.1", List.of("n1", "n2"), 10_000));

    @Test
    void nobodyFreezesBeforeAllAreReady() {
        assertThat(meeting.ready("n1")).isEqualTo(Verdict.WAIT);
        assertThat(meeting.frozen("n1")).isEqualTo(Verdict.OVER);
        assertThat(meeting.missing()).containsExactly("n2");
        assertThat(meeting.ready("n2")).isEqualTo(Verdict.GO);
        assertThat(meeting.ready("n1")).isEqualTo(Verdict.GO);
    }

    @Test
    void nobodyKeepsAnythingBeforeAllStandStill() {
        gather();
        assertThat(meeting.frozen("n2")).isEqualTo(Verdict.WAIT);
        assertThat(meeting.missing()).containsExactly("n1");
        assertThat(meeting.frozen("n1")).isEqualTo(Verdict.GO);
        assertThat(meeting.frozen("n2")).as("the answer may have been lost").isEqualTo(Verdict.GO);
    }

    @Test
    void whoeverStoodStillTooLateKeepsNothing() {
        gather();
        assertThat(meeting.frozen("n1")).isEqualTo(Verdict.WAIT);
        meeting.giveUp("node n2 did not stand still in time");
        assertThat(meeting.frozen("n1")).isEqualTo(Verdict.OVER);
        assertThat(meeting.frozen("n2")).isEqualTo(Verdict.OVER);
        assertThat(meeting.mayBeginAgain()).isTrue();
        assertThat(meeting.reason()).contains("n2");
    }

    @Test
    void nobodyMeetsAgainOnceSomebodyMayHaveKeptSomething() {
        gather();
        meeting.frozen("n1");
        meeting.frozen("n2");
        meeting.giveUp("late");
        assertThat(meeting.ready("n2")).isEqualTo(Verdict.OVER);
        assertThat(meeting.frozen("n2")).isEqualTo(Verdict.GO);
        assertThat(meeting.mayBeginAgain()).isFalse();
    }

    @Test
    void whoeverLeavesIsWaitedFor() {
        meeting.ready("n1");
        meeting.leave("n1");
        assertThat(meeting.ready("n2")).isEqualTo(Verdict.WAIT);
        assertThat(meeting.missing()).containsExactly("n1");
    }

    private void gather() {
        meeting.ready("n1");
        meeting.ready("n2");
    }
}
