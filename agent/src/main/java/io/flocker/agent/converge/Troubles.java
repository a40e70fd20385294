package io.flocker.agent.converge;

import io.flocker.agent.engine.EngineFailure;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Step;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Steps that failed, and when each is tried again: later with every failure, at most [#LONGEST_MILLIS] later.
final class Troubles {
    static final long FIRST_MILLIS = 250;
    static final long LONGEST_MILLIS = 30_000;

    /// A registry that could not be reached so often in a row is not going to be.
    private static final int HOPELESS_PULLS = 4;

    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();
    private volatile @Nullable Problem blindness;

    /// A problem, and when its step is tried again by [System#nanoTime], which nobody sets back.
    private record Trouble(Problem problem, long retryNanos) {}

    void failed(Step step, Exception cause, long nowMillis) {
        int attempts = 1 + attempts(step);
        long pause = Math.min(FIRST_MILLIS << Math.min(attempts - 1, 20), LONGEST_MILLIS);
        boolean lasting = (cause instanceof EngineFailure failure && failure.lasting())
                || (step instanceof Step.PullImage && attempts >= HOPELESS_PULLS);
        var problem = new Problem(
                step.subject(), step.verb(), message(cause), lasting, attempts, nowMillis, nowMillis + pause);
        troubles.put(step.subject(), new Trouble(problem, System.nanoTime() + pause * 1_000_000));
    }

    private int attempts(Step step) {
        Trouble before = troubles.get(step.subject());
        return before != null && before.problem().step().equals(step.verb())
                ? before.problem().attempts()
                : 0;
    }

    /// This node cannot be looked at, so that nothing on it changes.
    void blind(Exception cause, long nowMillis, long retryMillis) {
        Problem before = blindness;
        int attempts = before == null ? 1 : before.attempts() + 1;
        blindness =
                new Problem(Problem.NODE, "look", message(cause), false, attempts, nowMillis, nowMillis + retryMillis);
    }

    void seeing() {
        blindness = null;
    }

    void succeeded(Step step) {
        troubles.remove(step.subject());
    }

    /// How long until `step` may be tried again, in nanoseconds; 0 if it has not failed.
    long waitNanos(Step step) {
        Trouble before = troubles.get(step.subject());
        return before == null ? 0 : Math.max(0, before.retryNanos() - System.nanoTime());
    }

    /// Forgets what no step is about any more.
    void keepOnly(Set<String> subjects) {
        troubles.keySet().retainAll(subjects);
    }

    /// Try everything again at once: what was asked has changed.
    void forget() {
        troubles.clear();
    }

    List<Problem> list() {
        return Stream.concat(
                        Stream.ofNullable(blindness), troubles.values().stream().map(Trouble::problem))
                .sorted(Comparator.comparing(Problem::subject))
                .toList();
    }

    private static String message(Exception cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
