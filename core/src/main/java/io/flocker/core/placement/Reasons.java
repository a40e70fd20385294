package io.flocker.core.placement;

import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Why an instance is where it is, in words.
public final class Reasons {
    private Reasons() {}

    /// @param volumes those of the environment that are somewhere
    /// @param alone whether no other node suits
    /// @param decisive the rules that told the suitable nodes apart
    public static String of(ServiceSpec spec, Set<String> volumes, boolean alone, List<String> decisive) {
        Optional<String> data = volumes.isEmpty()
                ? Optional.empty()
                : spec.volumeNames().stream().filter(volumes::contains).findFirst();
        if (data.isPresent()) {
            return "data of volume " + data.get() + " is here";
        }
        PlacementSpec placement = spec.placement();
        boolean pinned = !placement.pins().isEmpty();
        if (placement.global()) {
            return pinned
                    ? "pinned by deployment file"
                    : placement.perCore() ? "one for each core of every node" : "one on every node";
        }
        List<String> reasons = new ArrayList<>();
        if (pinned) {
            reasons.add("pinned by deployment file");
        }
        placement.constraints().forEach(constraint -> reasons.add("constraint " + constraint));
        reasons.addAll(decisive);
        if (reasons.isEmpty()) {
            reasons.add(alone ? "the only node that suits" : "first by name");
        }
        return reasons.size() == 1 ? reasons.getFirst() : String.join(", ", reasons);
    }
}
