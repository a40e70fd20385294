package io.flocker.agent.converge;

import io.flocker.core.plan.Step;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many steps are taken at once, and in which order. What makes an engine or the network busy for long leaves
/// places for what is quick, such as a route. And volumes are made first: a clone takes milliseconds, while containers
/// and networks keep a machine busy for seconds.
final class Places {
    private static final int MOST = 64;
    private static final int MOST_RECEIVES = 48;
    private static final int LEAST_STARTS = 8;
    /// As an engine starts about as many side by side, more would only wait in it: an assumption, not a measurement.
    private static final int STARTS_PER_CORE = 4;

    /// A volume may take longer, for a first content: the rest does not wait for ever.
    private static final long VOLUMES_FIRST_NANOS = 2_000_000_000;

    private final Semaphore all = new Semaphore(MOST, true);
    private final Semaphore receives = new Semaphore(MOST_RECEIVES, true);
    private final Semaphore starts;
    private int volumes;

    Places() {
        this(Runtime.getRuntime().availableProcessors());
    }

    Places(int cores) {
        starts = new Semaphore(Math.max(LEAST_STARTS, STARTS_PER_CORE * cores), true);
    }

    /// `step` is about to be taken: what it goes before waits for it from now on.
    synchronized void announce(Step step) {
        if (step instanceof Step.MakeHead) {
            volumes++;
        }
    }

    /// Does `work` for `step` once there is a place; those of a kind in the order they came.
    void in(Step step, Runnable work) {
        switch (step) {
            case Step.MakeHead _ -> {
                try {
                    in(all, work);
                } finally {
                    made();
                }
            }
            case Step.CreateNetwork _ -> {
                awaitVolumes();
                in(all, work);
            }
            case Step.StartNew _ -> {
                awaitVolumes();
                in(starts, () -> in(all, work));
            }
            case Step.Receive _ -> in(receives, () -> in(all, work));
            default -> in(all, work);
        }
    }

    private synchronized void made() {
        volumes--;
        notifyAll();
    }

    private synchronized void awaitVolumes() {
        long deadline = System.nanoTime() + VOLUMES_FIRST_NANOS;
        try {
            for (long left = VOLUMES_FIRST_NANOS; volumes > 0 && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void in(Semaphore places, Runnable work) {
        places.acquireUninterruptibly();
        try {
            work.run();
        } finally {
            places.release();
        }
    }
}
