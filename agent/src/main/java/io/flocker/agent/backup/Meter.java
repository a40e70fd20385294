package io.flocker.agent.backup;

import io.flocker.agent.transfer.RateLimit;
import java.io.InterruptedIOException;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what goes to a destination and comes from it, and holds that to a rate.
final class Meter {
    private final AtomicLong done = new AtomicLong();
    private final RateLimit limit;

    /// @param bytesPerSecond 0 for no limit
    Meter(long bytesPerSecond) {
        limit = new RateLimit(bytesPerSecond);
    }

    /// Waits until so many bytes may pass.
    ///
    /// @throws InterruptedIOException if its thread is interrupted
    void pass(int bytes) throws InterruptedIOException {
        try {
            limit.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Cancelled");
        }
    }

    void done(int bytes) {
        done.addAndGet(bytes);
    }

    long doneBytes() {
        return done.get();
    }
}
