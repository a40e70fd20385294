package io.flocker.agent.transfer;

import java.util.concurrent.TimeUnit;

/// How fast a node sends, all its transfers together.
///
/// Each piece is due when the one before it is through at the given rate. A rate that was not used up is lost but for
/// the last [#BURST_NANOS]: after a pause nothing rushes.
public final class RateLimit {
    private static final long BURST_NANOS = 100_000_000;

    private final long bytesPerSecond;
    private long nextNanos = System.nanoTime();

    /// Lets `bytesPerSecond` through; 0 for no limit.
    public RateLimit(long bytesPerSecond) {
        this.bytesPerSecond = bytesPerSecond;
    }

    /// Waits until `bytes` may be sent.
    public void take(int bytes) throws InterruptedException {
        if (bytesPerSecond > 0) {
            TimeUnit.NANOSECONDS.sleep(reserve(bytes, System.nanoTime()));
        }
    }

    /// How long to wait before `bytes` may be sent, in nanoseconds.
    synchronized long reserve(int bytes, long nowNanos) {
        nextNanos = Math.max(nextNanos, nowNanos - BURST_NANOS);
        long wait = Math.max(0, nextNanos - nowNanos);
        nextNanos += TimeUnit.SECONDS.toNanos(1) * bytes / bytesPerSecond;
        return wait;
    }
}
