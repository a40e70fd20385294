package io.flocker.agent.transfer;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Interrupts a transfer that stands still: a peer that is gone without a word would keep it for ever.
final class Watchdog {
    private final Duration limit;
    private final Thread watched = Thread.currentThread();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private volatile long lastNanos = System.nanoTime();
    private boolean ended;
    private boolean barked;

    private Watchdog(Duration limit) {
        this.limit = limit;
    }

    /// What is watched.
    @FunctionalInterface
    interface Watched {
        void run(Watchdog watchdog) throws IOException, InterruptedException;
    }

    /// Runs `watched`, whose thread is interrupted once it has not called [#passed] for `limit`.
    ///
    /// @throws IOException if that happened, among others
    static void over(Duration limit, Watched watched) throws IOException, InterruptedException {
        var watchdog = new Watchdog(limit);
        Thread.startVirtualThread(watchdog::watch);
        try {
            watched.run(watchdog);
            watchdog.end();
        } catch (IOException | InterruptedException e) {
            if (watchdog.end()) {
                throw new IOException("Nothing came through for " + limit.toSeconds() + " s", e);
            }
            throw e;
        } finally {
            watchdog.end();
        }
    }

    /// Something came through.
    void passed() {
        lastNanos = System.nanoTime();
    }

    /// All came through: what still is to be done may take as long as it likes.
    void finished() {
        lock.lock();
        try {
            ended = true;
            over.signal();
        } finally {
            lock.unlock();
        }
    }

    private void watch() {
        lock.lock();
        try {
            while (!ended) {
                long left = lastNanos + limit.toNanos() - System.nanoTime();
                if (left <= 0) {
                    barked = true;
                    ended = true;
                    watched.interrupt();
                } else {
                    over.await(left, TimeUnit.NANOSECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// @return whether the watched thread was interrupted
    private boolean end() {
        lock.lock();
        try {
            if (barked) {
                // The interruption may have come too late for anybody to notice.
                Thread.interrupted();
            }
            ended = true;
            over.signal();
            return barked;
        } finally {
            lock.unlock();
        }
    }
}
