package io.flocker.core.balance;

/// What load is measured in, and how much each counts. A measure that is hardly used anywhere counts less: it is the
/// number that tells idle nodes apart.
public enum Measure {
    /// Cores kept busy, or set aside if that is more.
    CPU(3),
    /// Bytes of memory used, or set aside if that is more.
    MEMORY(3),
    /// Bytes in the pool, replicas among them.
    DISK(2),
    /// Instances, and volumes without any.
    NUMBER(1);

    /// A measure counts in full from this share of what there is on.
    static final double FULL_WEIGHT_AT = 0.1;

    private final int weight;

    Measure(int weight) {
        this.weight = weight;
    }

    /// How much it counts beside the others.
    public int weight() {
        return weight;
    }
}
