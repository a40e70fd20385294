package io.flocker.client.api;

import io.flocker.core.balance.BalanceMove;
import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.balance.Copying;
import io.flocker.core.balance.Resettled;
import io.flocker.core.placement.Considered;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How load is spread, in the API.
public final class Balances {
    private Balances() {}

    /// A node's load.
    ///
    /// @param load where 1 is its even share
    /// @param after the same when all has moved that would have to
    public record Share(String node, double load, double after) {}

    /// How it stands.
    ///
    /// @param askedBy who asked for load to be spread until it is even; empty for nobody
    /// @param story what is done or waited for, in words; empty for nothing
    public record Standing(BalanceSettings settings, String askedBy, String story, List<Share> nodes) {}

    /// Other settings. What is left out stays as it is.
    ///
    /// @param bytesPerSecond as in [BalanceSettings#bytesPerSecond]; -1 for no limit
    /// @param quiet as `FROM-TO ZONE`; empty text for none
    public record Change(
            Optional<Boolean> auto,
            Optional<Boolean> packs,
            OptionalInt movesAtOnce,
            OptionalInt movesPerHour,
            OptionalLong bytesPerSecond,
            OptionalLong patienceMillis,
            Optional<String> quiet) {}

    /// What would have to move for load to be even.
    ///
    /// @param bytes what all moves copy, about
    /// @param even whether load is even already
    /// @param objection why nothing can be asked to move now; empty if it can
    public record Plan(List<BalanceMove> moves, List<Share> nodes, long bytes, boolean even, String objection) {}

    /// Why something is where it is, or is nowhere.
    ///
    /// @param subject the instance, or the service
    /// @param node where it is; empty if it is nowhere
    /// @param placedBy as in [Status.Instance#placedBy]
    /// @param packs whether full nodes are better than empty ones
    /// @param nodes as they would be chosen among now, best first
    public record Explanation(String subject, String node, String placedBy, boolean packs, List<Considered> nodes) {}

    /// What would be where if something else happened.
    ///
    /// @param bytes what would have to be copied in all, about
    /// @param unplaced how many would be nowhere
    /// @param copying how long copies would take
    public record Simulation(List<Resettled> resettled, long bytes, long unplaced, Copying copying) {}
}
