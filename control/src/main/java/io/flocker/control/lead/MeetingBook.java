package io.flocker.control.lead;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.core.cut.Cut;
import io.flocker.core.cut.Meeting;
import io.flocker.core.cut.Meeting.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The meetings of nodes that take checkpoints together. In memory: a leader that is lost takes them with it, and what
/// was taken then is taken anew.
public final class MeetingBook {
    /// The oldest are forgotten past so many: a node that comes back to one of them meets nobody.
    private static final int MAX_MEETINGS = 1_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<String, Meeting> meetings = new LinkedHashMap<>();

    /// A node comes to a meeting and waits for the others, for a limited time.
    ///
    /// @param waitMillis how long for them to be ready; the node asks again
    public Answers.Met come(String node, Requests.Meet request, long waitMillis) throws InterruptedException {
        lock.lock();
        try {
            Meeting meeting = meeting(request.cut());
            return switch (request.phase()) {
                case READY -> ready(meeting, node, waitMillis);
                case FROZEN -> frozen(meeting, node);
                case FAILED -> {
                    giveUp(meeting, "node " + node + ": " + request.problem());
                    yield new Answers.Met(Verdict.OVER, request.problem());
                }
            };
        } finally {
            lock.unlock();
        }
    }

    private Meeting meeting(Cut cut) {
        String name = cut.subject() + " " + cut.attempt();
        Meeting known = meetings.get(name);
        if (known != null && !known.mayBeginAgain()) {
            return known;
        }
        var made = new Meeting(cut);
        meetings.remove(name);
        meetings.put(name, made);
        if (meetings.size() > MAX_MEETINGS) {
            meetings.remove(meetings.keySet().iterator().next());
        }
        return made;
    }

    private Answers.Met ready(Meeting meeting, String node, long waitMillis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        Verdict verdict = meeting.ready(node);
        news.signalAll();
        while (verdict == Verdict.WAIT && left > 0) {
            left = news.awaitNanos(left);
            verdict = meeting.ready(node);
        }
        if (verdict == Verdict.WAIT) {
            meeting.leave(node);
        }
        return met(meeting, verdict, "to be ready");
    }

    private Answers.Met frozen(Meeting meeting, String node) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(Meeting.FROZEN_MILLIS);
        Verdict verdict = meeting.frozen(node);
        news.signalAll();
        while (verdict == Verdict.WAIT && left > 0) {
            left = news.awaitNanos(left);
            verdict = meeting.frozen(node);
        }
        if (verdict == Verdict.WAIT) {
            giveUp(meeting, "node " + String.join(", ", meeting.missing()) + " did not stand still in time");
            verdict = meeting.frozen(node);
        }
        return met(meeting, verdict, "to stand still");
    }

    private void giveUp(Meeting meeting, String why) {
        meeting.giveUp(why);
        news.signalAll();
    }

    private static Answers.Met met(Meeting meeting, Verdict verdict, String what) {
        return new Answers.Met(
                verdict,
                switch (verdict) {
                    case GO -> "";
                    case WAIT -> "Waited for node " + String.join(", ", meeting.missing()) + " " + what;
                    case OVER ->
                        meeting.reason().isEmpty()
                                ? "The other nodes went on without this one"
                                : "Not all nodes could take their part: " + meeting.reason();
                });
    }
}
