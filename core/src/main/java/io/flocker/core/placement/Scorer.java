package io.flocker.core.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
    /// nodes are to be packed, for one where all is free. A hundredth of it weighs as much as
    /// [#EACH]: nodes have their order by that.
    static final long TAKEN = 1_000;

    /// For a node without a replica of what comes, if another one has it: its data would have to be copied.
    static final long NO_REPLICA = 500;

    /// For each instance and volume on the node. If nodes are to be packed, for each less than [#MANY].
    static final long EACH = 10;

    /// More than so many count as so many where nodes are packed.
    static final int MANY = 100;

    private static final int PERCENT = 100;

    private static final List<String> SPREADING = List.of(
            "fewest instances of the service",
            "most memory and CPUs free",
            "a replica of its data is here",
            "fewest instances and volumes");

    /// The first one has no points then.
    private static final List<String> PACKING = List.of(
            "fewest instances of the service",
            "least memory and CPUs free",
            "a replica of its data is here",
            "most instances and volumes");

    private static final int RULES = SPREADING.size();

    /// What the scorer has to know of a node.
    ///
    /// @param alike instances of the service on nodes with the same value, for each label that it is spread over
    /// @param ofService instances of it on the node
    /// @param takenPercent of its memory or CPUs, set aside or really used, whichever is most
    /// @param count instances and volumes on it
    /// @param replica whether it has a replica of what comes
    public record Facts(List<Integer> alike, int ofService, int takenPercent, int count, boolean replica) {
        public Facts {
            takenPercent = Math.clamp(takenPercent, 0, PERCENT);
        }
    }

    /// The points of a node; the same as of [#score], without telling how they come about.
    public long points(Facts facts) {
        long points = 0;
        for (long term : terms(facts)) {
            points += term;
        }
        return points;
    }

    /// The points by each of the [#rules], in their order.
    private long[] terms(Facts facts) {
        int labels = facts.alike().size();
        long[] terms = new long[labels + RULES];
        long weight = ALIKE;
        for (int label = 0; label < labels; label++) {
            terms[label] = weight * facts.alike().get(label);
            weight /= 10;
        }
        terms[labels] = ofService(facts);
        terms[labels + 1] = taken(facts);
        terms[labels + 2] = facts.replica() ? 0 : NO_REPLICA;
        terms[labels + 3] = each(facts);
        return terms;
    }

    /// In words, the most important first.
    ///
    /// @param labels that the service is spread over
    private List<String> rules(List<String> labels) {
        List<String> rules = packs ? PACKING : SPREADING;
        return labels.isEmpty()
                ? rules
                : Stream.concat(labels.stream().map(label -> "spread over node.labels." + label), rules.stream())
                        .toList();
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

    /// The fewest points that a node can have, or any that comes after it in their order, with nothing of the service.
    ///
    /// @param fullness its instances and volumes, and the percent of it that are taken: each weighs [#EACH]
    public long fewest(int fullness) {
        return EACH * (packs ? Math.max(0, MANY + PERCENT - fullness) : fullness);
    }

    /// The points of a node, and by which rules it has them.
    ///
    /// @param labels that the service is spread over
    public Score score(Facts facts, List<String> labels) {
        long[] points = terms(facts);
        List<String> rules = rules(labels);
        return new Score(IntStream.range(0, points.length)
                .filter(term -> !(packs && term == labels.size()))
                .mapToObj(term -> new Score.Term(rules.get(term), points[term]))
                .toList());
    }

    /// The rules that told the chosen node from others: those by which another one, not told apart before, is worse.
    ///
    /// @param labels that the service is spread over
    public List<String> decisive(Facts chosen, List<Facts> others, List<String> labels) {
        long[] best = terms(chosen);
        List<long[]> left = new ArrayList<>();
        others.forEach(other -> left.add(terms(other)));
        List<String> all = rules(labels);
        List<String> rules = new ArrayList<>();
        for (int rule = 0; rule < best.length && !left.isEmpty(); rule++) {
            int term = rule;
            if (left.removeIf(other -> other[term] > best[term])) {
                rules.add(all.get(rule));
            }
        }
        return List.copyOf(rules);
    }
}
