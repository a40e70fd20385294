package io.flocker.agent.converge;

import io.flocker.core.plan.Step;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// How many steps are taken at once, and in which order. What makes an engine or the network busy for long leaves
/// places for what is quick, such as a route. And what is asked for together comes in waves: volumes first, as a clone
/// takes milliseconds, while networks and containers keep a machine busy for seconds; then snapshots that nobody
/// stands still for; then the networks, so that the proxy learns more of them with each reload; then containers.
final class Places {
    private static final int MOST = 64;
    private static final int MOST_RECEIVES = 48;
    private static final int LEAST_STARTS = 8;
    /// As an engine starts about as many side by side, more would only wait in it: an assumption, not a measurement.
    private static final int STARTS_PER_CORE = 4;

    /// A volume may take longer, for a first content: the rest does not wait for ever.
    private static final long VOLUMES_FIRST_NANOS = 2_000_000_000;

    /// A table that comes with new volumes opens doors to what does not run yet; one that comes by chance releases
    /// somebody.
    private static final long ROUTES_LATER_NANOS = 250_000_000;

    /// An engine makes one network after the other, some in a second: of very many, containers do not wait for all.
    private static final long NETWORKS_FIRST_NANOS = 8_000_000_000L;

    private final Semaphore all = new Semaphore(MOST, true);
    private final Semaphore receives = new Semaphore(MOST_RECEIVES, true);
    private final Semaphore starts;
    /// Volumes that are being made or about to be.
    private int volumes;
    /// Networks, the same.
    private int networks;
    /// Environments whose networks are being made, or were along with those.
    private final Set<String> together = new HashSet<>();

    Places() {
        this(Runtime.getRuntime().availableProcessors());
    }

    Places(int cores) {
        starts = new Semaphore(Math.max(LEAST_STARTS, STARTS_PER_CORE * cores), true);
    }

    /// `step` is about to be taken: what it goes before waits for it from now on.
    synchronized void announce(Step step) {
        switch (step) {
            case Step.MakeHead _ -> volumes++;
            case Step.CreateNetwork network -> {
                networks++;
                together.add(network.environment());
            }
            default -> {}
        }
    }

    /// Does `work` for `step` once there is a place; those of a kind in the order they came.
    void in(Step step, Runnable work) {
        switch (step) {
            case Step.MakeHead _ -> {
                try {
                    in(all, work);
                } finally {
                    madeVolume();
                }
            }
            case Step.TakeSnapshots take
            when isOfQuiet(take) -> {
                awaitVolumes(VOLUMES_FIRST_NANOS);
                in(all, work);
            }
            case Step.Route _ -> {
                awaitVolumes(ROUTES_LATER_NANOS);
                in(all, work);
            }
            case Step.CreateNetwork _ -> {
                try {
                    awaitVolumes(VOLUMES_FIRST_NANOS);
                    in(all, work);
                } finally {
                    madeNetwork();
                }
            }
            case Step.StartNew start -> {
                String environment = start.instance().environment();
                awaitVolumes(VOLUMES_FIRST_NANOS);
                await(() -> !together.contains(environment), NETWORKS_FIRST_NANOS);
                in(starts, () -> in(all, work));
            }
            case Step.Receive _ -> in(receives, () -> in(all, work));
            default -> in(all, work);
        }
    }

    /// Whether nothing runs that could write, so that nobody waits for it.
    private static boolean isOfQuiet(Step.TakeSnapshots step) {
        return step.cut().filter(cut -> !cut.concernsWriters()).isPresent();
    }

    private synchronized void madeVolume() {
        volumes--;
        notifyAll();
    }

    private synchronized void madeNetwork() {
        networks--;
        if (networks <= 0) {
            together.clear();
        }
        notifyAll();
    }

    private void awaitVolumes(long mostNanos) {
        await(() -> volumes <= 0, mostNanos);
    }

    /// Waits, for so long at most.
    private synchronized void await(BooleanSupplier over, long mostNanos) {
        long deadline = System.nanoTime() + mostNanos;
        try {
            for (long left = mostNanos; !over.getAsBoolean() && left > 0; left = deadline - System.nanoTime()) {
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
