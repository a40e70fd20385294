package io.flocker.agent.converge;

import io.flocker.agent.engine.EngineFailure;
import io.flocker.core.plan.Problem;
import io.flocker.core.plan.Step;
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

    /// The subject of a problem with the node as a whole.
    private static final String BLIND = "node";

    private final Map<String, Problem> problems = new ConcurrentHashMap<>();
    private final Map<String, Long> retries = new ConcurrentHashMap<>();
    private volatile @Nullable Problem blindness;

    void failed(Step step, Exception cause, long nowMillis) {
        Problem before = problems.get(step.subject());
        int attempts = before != null && before.step().equals(step.verb()) ? before.attempts() + 1 : 1;
        long pause = Math.min(FIRST_MILLIS << Math.min(attempts - 1, 20), LONGEST_MILLIS);
        boolean lasting = (cause instanceof EngineFailure failure && failure.lasting())
                || (step instanceof Step.PullImage && attempts >= HOPELESS_PULLS);
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        problems.put(
                step.subject(),
                new Problem(step.subject(), step.verb(), message, lasting, attempts, nowMillis, nowMillis + pause));
        retries.put(step.subject(), System.nanoTime() + pause * 1_000_000);
    }

    /// This node cannot be looked at, so that nothing on it changes.
    void blind(Exception cause, long nowMillis, long retryMillis) {
        Problem before = blindness;
        int attempts = before == null ? 1 : before.attempts() + 1;
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        blindness = new Problem(BLIND, "look", message, false, attempts, nowMillis, nowMillis + retryMillis);
    }

    void seeing() {
        blindness = null;
    }

    void succeeded(Step step) {
        problems.remove(step.subject());
    }

    /// How long until `step` may be tried again, in nanoseconds; 0 if it has not failed.
    long waitNanos(Step step) {
        Long retry = problems.containsKey(step.subject()) ? retries.get(step.subject()) : null;
        return retry == null ? 0 : Math.max(0, retry - System.nanoTime());
    }

    /// Forgets what no step is about any more.
    void keepOnly(Set<String> subjects) {
        problems.keySet().retainAll(subjects);
        retries.keySet().retainAll(subjects);
    }

    /// Try everything again at once: what was asked has changed.
    void forget() {
        problems.clear();
    }

    List<Problem> list() {
        return Stream.concat(Stream.ofNullable(blindness), problems.values().stream())
                .sorted((a, b) -> a.subject().compareTo(b.subject()))
                .toList();
    }
}
