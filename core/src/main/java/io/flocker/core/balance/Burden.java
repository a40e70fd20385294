package io.flocker.core.balance;

import io.flocker.core.load.Usage;
import io.flocker.core.model.Node;

/// What something takes of a node, or what a node has.
///
/// @param cpuCores cores
/// @param memoryBytes bytes
/// @param diskBytes bytes in the pool
/// @param number of instances, and of volumes without any; of a node, how large it is beside others
record Burden(double cpuCores, double memoryBytes, double diskBytes, double number) {
    static final Burden NOTHING = new Burden(0, 0, 0, 0);

    private static final double MILLI = 1_000;

    /// Of an instance: what it uses, or what is set aside for it if that is more.
    static Burden of(Usage usage, Node.Capacity reserved) {
        return new Burden(
                Math.max(sane(usage.cpuCores()), reserved.milliCpus() / MILLI),
                Math.max(sane(usage.memoryBytes()), reserved.memoryBytes()),
                0,
                1);
    }

    /// Of data.
    static Burden stored(long bytes) {
        return new Burden(0, 0, sane(bytes), 0);
    }

    /// What cannot be is nothing: a node that lies must not make anything absurd.
    static double sane(double amount) {
        return amount > 0 && amount < Double.MAX_VALUE ? amount : 0;
    }

    Burden plus(Burden more) {
        return new Burden(
                cpuCores + more.cpuCores,
                memoryBytes + more.memoryBytes,
                diskBytes + more.diskBytes,
                number + more.number);
    }

    /// No more of anything than `most`.
    Burden atMost(Burden most) {
        return new Burden(
                Math.min(cpuCores, most.cpuCores),
                Math.min(memoryBytes, most.memoryBytes),
                Math.min(diskBytes, most.diskBytes),
                number);
    }

    double of(Measure measure) {
        return switch (measure) {
            case CPU -> cpuCores;
            case MEMORY -> memoryBytes;
            case DISK -> diskBytes;
            case NUMBER -> number;
        };
    }
}
