package io.flocker.agent.converge;

import io.flocker.core.plan.Step;
import java.util.concurrent.Semaphore;

/// How many steps are taken at once. What makes an engine or the network busy for long leaves places for what is
/// quick, such as a route.
final class Places {
    private static final int MOST = 64;
    private static final int MOST_RECEIVES = 48;
    private static final int LEAST_STARTS = 8;
    /// As an engine starts about as many side by side, more would only wait in it: an assumption, not a measurement.
    private static final int STARTS_PER_CORE = 4;

    private final Semaphore all = new Semaphore(MOST, true);
    private final Semaphore receives = new Semaphore(MOST_RECEIVES, true);
    private final Semaphore starts;

    Places() {
        this(Runtime.getRuntime().availableProcessors());
    }

    Places(int cores) {
        starts = new Semaphore(Math.max(LEAST_STARTS, STARTS_PER_CORE * cores), true);
    }

    /// Does `work` for `step` once there is a place; those of a kind in the order they came.
    void in(Step step, Runnable work) {
        switch (step) {
            case Step.StartNew _ -> in(starts, () -> in(all, work));
            case Step.Receive _ -> in(receives, () -> in(all, work));
            default -> in(all, work);
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
