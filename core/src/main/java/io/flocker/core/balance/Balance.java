package io.flocker.core.balance;

import java.util.Optional;
import org.pcollections.TreePMap;

/// How load is spread, as it was decided.
///
/// @param chosen the settings; empty for [BalanceSettings#USUAL]
/// @param askedBy who asked for load to be spread once, which goes on until it is even; empty for nobody
/// @param askedAtMillis when that was, by the leader's clock
/// @param busy how much of a node's memory or CPUs is really used, in percent and steps of 10, of nodes of which at
///     least half is
public record Balance(
        Optional<BalanceSettings> chosen, String askedBy, long askedAtMillis, TreePMap<String, Integer> busy) {
    public static final Balance NONE = new Balance(Optional.empty(), "", 0, TreePMap.empty());

    public BalanceSettings settings() {
        return chosen.orElse(BalanceSettings.USUAL);
    }

    public Balance with(BalanceSettings settings) {
        return new Balance(Optional.of(settings), askedBy, askedAtMillis, busy);
    }

    public Balance askedFor(String by, long atMillis) {
        return new Balance(chosen, by, atMillis, busy);
    }

    public Balance withBusy(TreePMap<String, Integer> newBusy) {
        return new Balance(chosen, askedBy, askedAtMillis, newBusy);
    }
}
