package io.flocker.control.api.admission;

import io.flocker.client.api.ProblemDetail;
import io.flocker.control.api.Refusal;
import java.io.IOException;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/// Bounds the commands of requests that wait for the log: while they are too many, or one waits for too long, requests
/// that would change something are refused (429). Reports, leases, reads, votes, and what the leader plans itself do
/// not pass here. Any thread may ask.
public final class Admission {
    /// So many commands wait at most. The log writes more than ten times as many a second.
    static final int MOST_WAITING = 1_000;

    /// While a command has waited for so long, no other one is taken: the disk, or a majority, does not follow.
    static final long LONGEST_NANOS = 2_000_000_000L;

    private final LongSupplier nanos;
    /// Since when each waits, in the order in which they came.
    private final TreeMap<Long, Long> waiting = new TreeMap<>();

    private long last;

    /// Has the log decide a command.
    ///
    /// @param <T> what it answers
    @FunctionalInterface
    public interface Write<T> {
        /// @throws IOException if the log does not answer
        T make() throws IOException, InterruptedException;
    }

    /// @param nanos a clock that only goes forward, such as [System#nanoTime]
    public Admission(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// @throws Refusal if a request that changes something has to come again later
    public synchronized void admit() throws Refusal {
        if (waiting.isEmpty()) {
            return;
        }
        long longest = nanos.getAsLong() - waiting.firstEntry().getValue();
        if (waiting.size() >= MOST_WAITING || longest >= LONGEST_NANOS) {
            throw Refusal.of(
                    ProblemDetail.BUSY,
                    "busy",
                    "Too much at a time",
                    String.format(
                            Locale.ROOT,
                            "The control plane takes no more changes for now: %,d wait to be written down, the first"
                                    + " of them for %.1f s; what runs goes on running, send this again in a moment",
                            waiting.size(),
                            longest / 1e9));
        }
    }

    /// Writes a command of a request that was admitted.
    public <T> T write(Write<T> write) throws IOException, InterruptedException {
        long number = begin();
        try {
            return write.make();
        } finally {
            end(number);
        }
    }

    /// Writes the first command of a request, if it is admitted.
    ///
    /// @throws Refusal as [#admit]
    public <T> T writeFirst(Write<T> write) throws Refusal, IOException, InterruptedException {
        long number = beginFirst();
        try {
            return write.make();
        } finally {
            end(number);
        }
    }

    private synchronized long beginFirst() throws Refusal {
        admit();
        return begin();
    }

    private synchronized long begin() {
        waiting.put(++last, nanos.getAsLong());
        return last;
    }

    private synchronized void end(long number) {
        waiting.remove(number);
    }
}
