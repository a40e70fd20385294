package io.flocker.verify.sim;

import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Step;
import java.util.List;
import java.util.TreeMap;

/// The steps of a simulated agent that failed, and when each is tried again: after ever longer pauses.
final class SimProblems {
    private static final long FIRST_RETRY_MILLIS = 250;
    private static final long LONGEST_RETRY_MILLIS = 30_000;

    private final Timeline time;
    private final TreeMap<String, Problem> problems = new TreeMap<>();

    SimProblems(Timeline time) {
        this.time = time;
    }

    void clear() {
        problems.clear();
    }

    List<Problem> list() {
        return List.copyOf(problems.values());
    }

    boolean delays(Step step) {
        Problem problem = problems.get(step.subject());
        return problem != null && problem.retryAtMillis() > time.now();
    }

    void add(Step step, String message) {
        Problem before = problems.get(step.subject());
        int attempts = before != null && before.step().equals(step.verb()) ? before.attempts() + 1 : 1;
        long pause = Math.min(FIRST_RETRY_MILLIS << Math.min(attempts - 1, 20), LONGEST_RETRY_MILLIS);
        problems.put(
                step.subject(),
                new Problem(step.subject(), step.verb(), message, false, attempts, time.now(), time.now() + pause));
    }

    /// Takes a step, after which a problem of before is over unless it came up again.
    void during(Step step, Runnable taking) {
        Problem before = problems.get(step.subject());
        taking.run();
        if (before != null && before.equals(problems.get(step.subject()))) {
            problems.remove(step.subject());
        }
    }

    void over(Step step) {
        problems.remove(step.subject());
    }
}
