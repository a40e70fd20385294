package io.flocker.core.lease;

import java.util.Comparator;

/// The right to write one volume under one epoch. No two nodes ever have the same one.
public record Tenure(String volume, long epoch) implements Comparable<Tenure> {
    private static final Comparator<Tenure> ORDER =
            Comparator.comparing(Tenure::volume).thenComparingLong(Tenure::epoch);

    @Override
    public int compareTo(Tenure other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return volume + "@" + epoch;
    }
}
