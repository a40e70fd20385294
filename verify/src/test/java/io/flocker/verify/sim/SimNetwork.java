package io.flocker.verify.sim;

import java.util.Set;
import java.util.TreeSet;

/// Which nodes hear which. Losses by chance are [Faults]' business.
final class SimNetwork {
    private final Set<String> cuts = new TreeSet<>();

    /// Loses whatever `from` sends to `to`.
    void cut(String from, String to) {
        cuts.add(from + ">" + to);
    }

    void heal(String from, String to) {
        cuts.remove(from + ">" + to);
    }

    void heal() {
        cuts.clear();
    }

    boolean passes(String from, String to) {
        return !cuts.contains(from + ">" + to);
    }

    /// Whether a request gets its answer.
    boolean connects(String one, String other) {
        return passes(one, other) && passes(other, one);
    }
}
