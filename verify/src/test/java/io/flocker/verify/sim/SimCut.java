package io.flocker.verify.sim;

import io.flocker.core.cut.Cut;
import io.flocker.core.cut.Meeting;
import io.flocker.core.cut.Meeting.Verdict;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import java.util.List;
import java.util.Map;

/// A simulated node's part in a checkpoint of volumes on several nodes. It ends when the agent dies, wherever it is.
final class SimCut {
    /// An answer that does not come is asked for again.
    private static final long AGAIN_MILLIS = 6_000;

    private final SimNode node;
    private final Step.TakeSnapshots step;
    private final Cut cut;
    private final SimMeetings meetings;
    private final Timeline time;
    private final Map<SnapshotId, Interval> intervals;
    private final int life;
    private long giveUpAt;
    private long frozenAt;
    private boolean gathered;
    private boolean ended;

    /// When the node stood still that took a snapshot, in virtual milliseconds.
    record Interval(long frozenAt, long thawedAt) {}

    SimCut(
            SimNode node,
            Step.TakeSnapshots step,
            SimMeetings meetings,
            Timeline time,
            Map<SnapshotId, Interval> intervals) {
        this.node = node;
        this.step = step;
        this.meetings = meetings;
        this.time = time;
        this.intervals = intervals;
        cut = step.cut().orElseThrow();
        life = node.life();
    }

    void begin() {
        giveUpAt = time.now() + cut.patienceMillis();
        node.holdStarts(cut.environment(), true);
        gather();
    }

    private void gather() {
        if (isOver() || gathered) {
            return;
        }
        if (time.now() > giveUpAt) {
            end("the others are not ready");
            return;
        }
        meetings.come(node, cut, false, this::gathered);
        time.after(AGAIN_MILLIS, this::gather);
    }

    private void gathered(Verdict verdict) {
        if (isOver() || gathered) {
            return;
        }
        switch (verdict) {
            case WAIT -> {}
            case OVER -> end("the others went on");
            case GO -> {
                gathered = true;
                freeze();
            }
        }
    }

    /// Snapshots take a while, during which the others may thaw.
    private void freeze() {
        node.freeze(cut.environment(), true);
        frozenAt = time.now();
        meetings.come(node, cut, true, this::frozen);
        step.snapshots().forEach(node.pool()::snapshot);
        time.after(Meeting.THAW_MILLIS, () -> frozen(Verdict.OVER));
    }

    private void frozen(Verdict verdict) {
        if (isOver()) {
            return;
        }
        if (verdict == Verdict.GO) {
            step.snapshots().forEach(id -> intervals.put(id, new Interval(frozenAt, time.now())));
            node.keep(step);
            end("");
        } else {
            step.snapshots().forEach(node.pool()::discard);
            end("not all stood still");
        }
    }

    private void end(String problem) {
        ended = true;
        node.freeze(cut.environment(), false);
        node.holdStarts(cut.environment(), false);
        node.ended(step, problem);
    }

    private boolean isOver() {
        return ended || node.life() != life;
    }

    /// Whether there was a moment at which all of them stood still.
    static boolean isOneMoment(List<Interval> intervals) {
        long last = intervals.stream().mapToLong(Interval::frozenAt).max().orElse(0);
        long first = intervals.stream().mapToLong(Interval::thawedAt).min().orElse(Long.MAX_VALUE);
        return last <= first;
    }
}
