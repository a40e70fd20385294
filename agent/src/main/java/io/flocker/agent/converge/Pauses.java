package io.flocker.agent.converge;

import io.flocker.core.plan.Step;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// How long containers that ended by themselves still wait to be started again, by a clock that nobody sets.
/// One thread.
final class Pauses {
    private final Map<Step, Long> seen = new HashMap<>();

    /// How long until `step` may begin, in nanoseconds; 0 for now.
    long waitNanos(Step step) {
        if (!(step instanceof Step.StartAgain again) || again.pauseMillis() == 0) {
            return 0;
        }
        long now = System.nanoTime();
        return Math.max(0, seen.computeIfAbsent(step, _ -> now) + again.pauseMillis() * 1_000_000 - now);
    }

    /// Forgets steps that are not to be taken any more.
    void keepOnly(Collection<Step> steps) {
        seen.keySet().retainAll(steps);
    }
}
