package io.flocker.control.lead;

import java.util.function.Supplier;

/// Counts what happened, and wakes threads that wait for more. Who rings never waits for one that thinks: the log
/// must not, nor a report.
final class Bell {
    private long rung;

    synchronized void ring() {
        rung++;
        notifyAll();
    }

    /// How often it was rung.
    synchronized long rung() {
        return rung;
    }

    /// Waits until it was rung more often than `seen`, or `millis` have passed.
    synchronized void await(long seen, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; rung == seen && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /// Waits until `done` holds, looking again whenever it was rung; for at most `millis`, and not once it is `over`.
    /// Nothing is held while it looks.
    ///
    /// @return whether it holds
    boolean await(long millis, Supplier<Boolean> done, Supplier<Boolean> over) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        while (true) {
            long seen = rung();
            if (done.get()) {
                return true;
            }
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0 || over.get()) {
                return false;
            }
            await(seen, left);
        }
    }
}
