package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.control.lead.ControlPlane;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.NotLeading;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// What endpoints share: the state, finding things in it, and getting commands decided.
public final class Decisions {
    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int ID_LENGTH = 10;

    private final AtomicReference<Optional<ControlPlane>> plane = new AtomicReference<>(Optional.empty());
    private final SecureRandom random = new SecureRandom();

    /// From now on decisions are made with this control plane, or elsewhere.
    void use(Optional<ControlPlane> next) {
        plane.set(next);
    }

    public Optional<ControlPlane> plane() {
        return plane.get();
    }

    /// This node's control plane.
    ///
    /// @throws NotLeading if there is none any more
    public ControlPlane here() throws NotLeading {
        return plane().orElseThrow(() -> new NotLeading("This node has no control plane"));
    }

    /// What this node knows of what was decided: nothing, if it has no control plane.
    public ClusterState state() {
        return plane().map(known -> known.log().state()).orElse(ClusterState.EMPTY);
    }

    public Leader leader() throws NotLeading {
        return here().leader();
    }

    /// What is shown of the state as it is now.
    ///
    /// @throws UncheckedIOException of [NotLeading]: views are made in the middle of expressions
    public Views views() {
        try {
            ControlPlane known = here();
            return new Views(known.leader(), known.voters());
        } catch (NotLeading e) {
            throw new UncheckedIOException(e);
        }
    }

    /// An id nobody else has: 50 random bits.
    public String newId() {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    public Environment environment(String name) throws Refusal {
        return state().environment(name)
                .orElseThrow(() -> Refusal.notFound("There is no environment \"" + name + "\"; there is "
                        + (state().environments().isEmpty()
                                ? "none yet: flocker up makes one"
                                : String.join(", ", state().environments().keySet()))));
    }

    Volume volume(Call call) throws Refusal {
        String environment = call.path("environment");
        String name = call.path("volume");
        return state().volume(environment, name)
                .orElseThrow(() -> Refusal.notFound(
                        "There is no volume " + environment + "/" + name + "; flocker volume ls shows them"));
    }

    /// Gets `command` accepted, or refuses the request with the reason.
    ///
    /// @return the operation it started; empty for none
    public String require(Call call, Command command) throws Refusal, IOException, InterruptedException {
        return require(call.key(), command);
    }

    /// Like [#require], for one of several commands of a request: each has a key of its own.
    ///
    /// @param part which one
    String require(Call call, String part, Command command) throws Refusal, IOException, InterruptedException {
        String key = call.key();
        return require(key.isEmpty() ? "" : key + " " + part, command);
    }

    /// Like [#require], for a command before a request's last one, which alone has the request's key: two commands
    /// with one key are one.
    void requireFirst(Command command) throws Refusal, IOException, InterruptedException {
        decide(command);
    }

    /// Gets `command` accepted that no request asks for.
    public void decide(Command command) throws Refusal, IOException, InterruptedException {
        require("", command);
    }

    private String require(String key, Command command) throws Refusal, IOException, InterruptedException {
        ClusterLog.Decision decision = here().log().submit(key, command);
        if (decision.outcome() instanceof Outcome.Refused refused) {
            throw Refusal.of(refused);
        }
        return decision.operation();
    }

    /// The answer to a request that was accepted before: what it named may be gone since.
    Optional<Answers.Change> repeated(Call call) throws Refusal, NotLeading {
        return here().log()
                .decided(call.key())
                .filter(decision -> decision.outcome() instanceof Outcome.Accepted)
                .map(decision -> new Answers.Change(decision.operation(), List.of()));
    }

    /// Starts an operation, or with `dryRun` only tells what it would do.
    public Answers.Change change(Call call, Command command, List<String> changes)
            throws Refusal, IOException, InterruptedException {
        if (call.flag("dryRun")) {
            if (state().after(command) instanceof Outcome.Refused refused) {
                throw Refusal.of(refused);
            }
            return new Answers.Change("", changes);
        }
        return new Answers.Change(require(call, command), changes);
    }

    public boolean await(long waitMillis, Supplier<Boolean> done) throws NotLeading, InterruptedException {
        return leader().await(waitMillis, done);
    }
}
