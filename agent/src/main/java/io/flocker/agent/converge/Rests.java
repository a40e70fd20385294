package io.flocker.agent.converge;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The rests of one who looks at a node: while many containers start, each with several events, looking must not take
/// more than a third of the time from them. Nor must all that follows from each look, on every node: the more is under
/// way, the more is told at once. What is urgent ends a rest.
final class Rests {
    static final long MOST_NANOS = 400_000_000;
    private static final long FOR_EACH_NANOS = 40_000_000;

    private final Semaphore urgent = new Semaphore(0);

    /// There is something that somebody waits for.
    void hurry() {
        urgent.release();
    }

    /// What was urgent is about to be looked at.
    void looking() {
        urgent.drainPermits();
    }

    /// Rests after a look.
    ///
    /// @param tookNanos what the look took
    /// @param underWay how many steps are being taken and how many containers start
    void after(long tookNanos, int underWay) throws InterruptedException {
        urgent.tryAcquire(nanos(tookNanos, underWay), TimeUnit.NANOSECONDS);
    }

    static long nanos(long tookNanos, int underWay) {
        return Math.min(Math.max(2 * tookNanos, underWay * FOR_EACH_NANOS), MOST_NANOS);
    }
}
