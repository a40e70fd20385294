package io.flocker.core.placement;

import java.util.ArrayList;
import java.util.List;

/// What speaks against a node, in points: of those that suit, the one with the fewest is chosen, of several the one
/// with the fewest instances and volumes, and then the first by name.
///
/// @param terms the rules, the most important first
public record Score(List<Term> terms) {
    /// What one rule says.
    ///
    /// @param rule in words, as in `fewest instances of the service`
    public record Term(String rule, long points) {}

    public long points() {
        return terms.stream().mapToLong(Term::points).sum();
    }

    /// The rules that told the chosen node from others: those by which another one, not told apart before, is worse.
    public static List<String> decisive(Score chosen, List<Score> others) {
        List<Score> left = others;
        List<String> rules = new ArrayList<>();
        for (int i = 0; i < chosen.terms().size(); i++) {
            int term = i;
            long points = chosen.terms().get(i).points();
            List<Score> alike = left.stream()
                    .filter(other -> other.terms().get(term).points() <= points)
                    .toList();
            if (alike.size() < left.size()) {
                rules.add(chosen.terms().get(i).rule());
            }
            left = alike;
        }
        return List.copyOf(rules);
    }
}
