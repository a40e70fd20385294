package io.flocker.core.placement;

import io.flocker.core.model.Node;
import java.util.ArrayList;
import java.util.List;

/// The one scorer: for new instances and volumes, drains and moves. Constraints come before it; it tells those nodes
/// apart that meet them all. docs/how-to/balance.md has the same weights.
///
/// @param packs whether full nodes are better than empty ones
public record Scorer(boolean packs) {
    /// For each instance of the service at the same value of the first label that it is spread over; a tenth of it for
    /// the next label, and so on.
    static final long ALIKE = 1_000_000;

    /// For each instance of the service on the node; none if nodes are to be packed.
    static final long OF_SERVICE = 10_000;

    /// For a node whose memory or CPUs are all set aside or used, whichever is more; as much less as is free. If
    /// nodes are to be packed, for one where all is free.
    static final long TAKEN = 1_000;

    /// For a node without a replica of what comes, if another one has it: its data would have to be copied.
    static final long NO_REPLICA = 500;

    /// For each instance and volume on the node. If nodes are to be packed, for each less than [#MANY].
    static final long EACH = 10;

    /// More than so many count as so many where nodes are packed.
    static final int MANY = 100;

    private static final int PERCENT = 100;

    /// What the scorer has to know of a node.
    ///
    /// @param alike instances of the service on nodes with the same value, for each label that it is spread over
    /// @param ofService instances of it on the node
    /// @param takenPercent of its memory or CPUs, as [#takenPercent] says
    /// @param count instances and volumes on it
    /// @param replica whether it has a replica of what comes
    public record Facts(List<Integer> alike, int ofService, int takenPercent, int count, boolean replica) {
        public Facts {
            takenPercent = Math.clamp(takenPercent, 0, PERCENT);
        }
    }

    /// How much of a node is taken: of memory or CPUs, set aside or really used, whichever is most.
    ///
    /// @param reserved what is set aside on it
    /// @param busyPercent how much is really used, as far as that is known
    public static int takenPercent(Node node, Node.Capacity reserved, int busyPercent) {
        Node.Capacity all = node.capacity();
        long memory = all.memoryBytes() > 0 ? share(reserved.memoryBytes(), all.memoryBytes()) : 0;
        long cpus = all.milliCpus() > 0 ? share(reserved.milliCpus(), all.milliCpus()) : 0;
        return Math.clamp(Math.max(Math.max(memory, cpus), busyPercent), 0, PERCENT);
    }

    private static long share(long part, long all) {
        return Math.round((double) part * PERCENT / all);
    }

    /// The points of a node; the same as of [#score], without telling how they come about.
    public long points(Facts facts) {
        long points = 0;
        long weight = ALIKE;
        for (int alike : facts.alike()) {
            points += weight * alike;
            weight /= 10;
        }
        return points + ofService(facts) + taken(facts) + (facts.replica() ? 0 : NO_REPLICA) + each(facts);
    }

    private long ofService(Facts facts) {
        return packs ? 0 : OF_SERVICE * facts.ofService();
    }

    private long taken(Facts facts) {
        return TAKEN * (packs ? PERCENT - facts.takenPercent() : facts.takenPercent()) / PERCENT;
    }

    private long each(Facts facts) {
        return EACH * (packs ? Math.max(0, MANY - facts.count()) : facts.count());
    }

    /// The fewest points that a node with so many instances and volumes can have, or any that comes after it.
    public long fewest(int count) {
        return packs ? EACH * Math.max(0, MANY - count) : EACH * count;
    }

    /// The points of a node, and by which rules it has them.
    ///
    /// @param labels that the service is spread over
    public Score score(Facts facts, List<String> labels) {
        List<Score.Term> terms = new ArrayList<>();
        long weight = ALIKE;
        for (int i = 0; i < labels.size(); i++) {
            terms.add(new Score.Term(
                    "spread over node.labels." + labels.get(i),
                    weight * facts.alike().get(i)));
            weight /= 10;
        }
        if (!packs) {
            terms.add(new Score.Term("fewest instances of the service", ofService(facts)));
        }
        terms.add(new Score.Term(packs ? "least memory and CPUs free" : "most memory and CPUs free", taken(facts)));
        terms.add(new Score.Term("a replica of its data is here", facts.replica() ? 0 : NO_REPLICA));
        terms.add(new Score.Term(packs ? "most instances and volumes" : "fewest instances and volumes", each(facts)));
        return new Score(List.copyOf(terms));
    }
}
