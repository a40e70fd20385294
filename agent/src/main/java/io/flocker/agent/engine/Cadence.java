package io.flocker.agent.engine;

import java.util.concurrent.TimeUnit;

/// How often something that starts is asked whether it is ready: whenever a share of the time that it has taken so far
/// has passed once more. What is lost by asking too late stays small against the start itself, however long that is.
///
/// @param firstMillis the shortest rest
/// @param share the part of the time so far, as 4 for a quarter
/// @param lastMillis the longest rest
record Cadence(long firstMillis, int share, long lastMillis) {
    /// How long to rest before asking again, in milliseconds.
    ///
    /// @param begunNanos when it began to start, by [System#nanoTime]
    long restMillis(long begunNanos) {
        long taken = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        return Math.clamp(taken / share, firstMillis, lastMillis);
    }
}
