package io.flocker.verify.bench.scale;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/// What all agents together went through.
final class Tally {
    private final LongAdder connections = new LongAdder();
    private final LongAdder reports = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicReference<String> failure = new AtomicReference<>("");

    /// A connection was made.
    void connected() {
        connections.increment();
    }

    /// A report was answered.
    ///
    /// @param granted whether with a lease
    void heard(boolean granted, long nanos) {
        reports.increment();
        longestNanos.accumulateAndGet(nanos, Math::max);
        if (!granted) {
            refused.increment();
        }
    }

    /// A request was not answered as it should.
    void failed(String reason) {
        failures.increment();
        failure.set(reason);
    }

    long connections() {
        return connections.sum();
    }

    long reports() {
        return reports.sum();
    }

    /// The longest that a report waited for its answer since this was asked before, in milliseconds.
    double longestMillis() {
        return longestNanos.getAndSet(0) / 1e6;
    }

    @Override
    public String toString() {
        return reports + " reports, " + refused + " without a lease; " + failures + " requests failed"
                + (failures.sum() == 0 ? "" : ", the last one: " + failure);
    }
}
