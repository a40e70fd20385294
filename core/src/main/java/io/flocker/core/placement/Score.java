package io.flocker.core.placement;

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
}
