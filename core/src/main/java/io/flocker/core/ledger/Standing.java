package io.flocker.core.ledger;

import io.flocker.core.model.Node.Capacity;

/// How full a node is.
///
/// @param held what it has
/// @param all how large it is; [Capacity#NONE] if it has not said so yet, or has left
/// @param busyPercent how much of it is really used, as far as that is known
public record Standing(Holding held, Capacity all, int busyPercent) {
    static final Standing NOTHING = new Standing(Holding.NOTHING, Capacity.NONE, 0);

    private static final int PERCENT = 100;

    /// How much of it is taken: of memory or CPUs, set aside or really used, whichever is most.
    public int takenPercent() {
        Capacity reserved = held.reserved();
        long memory = all.memoryBytes() > 0 ? share(reserved.memoryBytes(), all.memoryBytes()) : 0;
        long cpus = all.milliCpus() > 0 ? share(reserved.milliCpus(), all.milliCpus()) : 0;
        return Math.clamp(Math.max(Math.max(memory, cpus), busyPercent), 0, PERCENT);
    }

    private static long share(long part, long all) {
        return Math.round((double) part * PERCENT / all);
    }

    Standing with(Holding holding) {
        return new Standing(holding, all, busyPercent);
    }

    Standing with(Capacity capacity) {
        return new Standing(held, capacity, busyPercent);
    }

    Standing busy(int percent) {
        return new Standing(held, all, percent);
    }
}
