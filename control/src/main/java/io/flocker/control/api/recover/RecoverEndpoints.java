package io.flocker.control.api.recover;

import io.flocker.client.api.Answers;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// What a node answers by itself, whether or not there is a leader, about the log that it keeps.
public final class RecoverEndpoints {
    private static final String GENERATION = "/v2/generation";
    private static final String RECOVER = "/v2/recover";

    /// The paths that are never passed on to the leader.
    public static final Set<String> OWN = Set.of(GENERATION, RECOVER);

    private final AtomicReference<Optional<LogKeeper>> keeper = new AtomicReference<>(Optional.empty());

    /// From now on this one is asked.
    public void use(LogKeeper present) {
        keeper.set(Optional.of(present));
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        GENERATION,
                        Right.ANYBODY,
                        "Which log of its cluster this node goes by, and where its control plane is.",
                        List.of(),
                        Void.class,
                        Answers.Generation.class,
                        _ -> keeper().generation()),
                new Endpoint(
                        "POST",
                        RECOVER,
                        Right.ADMINISTER,
                        "Makes a new cluster of this node alone, from what its log has: for a majority of voters that is"
                                + " lost for good. Answered by the node that is asked.",
                        List.of("dryRun: true to only tell what would be done"),
                        Void.class,
                        Answers.Recovered.class,
                        call -> keeper().recover(call.flag("dryRun"))));
    }

    private LogKeeper keeper() throws Refusal {
        return keeper.get()
                .orElseThrow(() -> Refusal.of(
                        503, "unavailable", "Not now", "This node's daemon is still starting; try again in a moment"));
    }
}
