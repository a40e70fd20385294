package io.flocker.control.log;

import io.flocker.core.access.Ownership;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pcollections.TreePMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All that the log adds up to: the cluster, and the answers given to requests with an idempotency key.
///
/// @param answers answers by key: an empty message if the command was accepted
/// @param order keys by age, so that the oldest can be forgotten
/// @param lastKey counts keys
record Replicated(ClusterState cluster, TreePMap<String, Answer> answers, TreePMap<Long, String> order, long lastKey) {
    /// How many answers are remembered.
    static final int MAX_ANSWERS = 5_000;

    private static final Logger log = LoggerFactory.getLogger(Replicated.class);

    static final Replicated EMPTY = new Replicated(ClusterState.EMPTY, TreePMap.empty(), TreePMap.empty(), 0);

    /// An answer as it is remembered.
    ///
    /// @param operation the one that the command started; empty for none
    record Answer(boolean accepted, Outcome.Reason reason, String message, String operation) {}

    /// What comes of a command.
    record Result(Replicated next, Answer answer) {}

    /// What comes of several, one after the other.
    record Results(Replicated next, List<Answer> answers) {}

    Results after(List<LogEntry> entries) {
        Replicated next = this;
        List<Answer> given = new ArrayList<>(entries.size());
        for (LogEntry entry : entries) {
            Result result = next.after(entry);
            next = result.next();
            given.add(result.answer());
        }
        return new Results(next, given);
    }

    Result after(LogEntry entry) {
        Answer known = entry.key().isEmpty() ? null : answers.get(entry.key());
        if (known != null) {
            return new Result(this, known);
        }
        Outcome outcome = entry.only()
                .flatMap(this::objection)
                .<Outcome>map(refused -> refused)
                .orElseGet(() -> unbroken(() -> cluster.after(entry.command()), entry.command()));
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                remember(
                        audited(accepted.state(), entry, ""),
                        entry.key(),
                        new Answer(true, Outcome.Reason.INVALID, "", started(accepted.state(), entry.command())));
            case Outcome.Refused refused ->
                remember(
                        audited(cluster, entry, refused.message()),
                        entry.key(),
                        new Answer(false, refused.reason(), refused.message(), ""));
        };
    }

    /// What cannot be decided is refused, by every member alike: thrown, it would end each of them at that entry, and
    /// again whenever it starts.
    static Outcome unbroken(Supplier<Outcome> decision, Command command) {
        try {
            return decision.get();
        } catch (RuntimeException e) {
            String what = command.getClass().getSimpleName();
            log.atError().setCause(e).addKeyValue("command", what).log("A command could not be decided");
            return new Outcome.Refused(
                    Outcome.Reason.CONFLICT,
                    "Flocker could not decide on this (" + what + ": " + e
                            + "); nothing was changed. This is a fault of Flocker's own; the daemon's log tells more");
        }
    }

    private Optional<Outcome.Refused> objection(Ownership only) {
        return cluster.environment(only.environment())
                .filter(environment -> !environment.owner().equals(only.owner()))
                .map(environment -> new Outcome.Refused(
                        Outcome.Reason.CONFLICT,
                        "Environment " + only.environment() + " has become " + environment.owner()
                                + "'s meanwhile; nothing was done"));
    }

    /// A machine that is refused leaves no entry: anybody could fill the audit log.
    private static ClusterState audited(ClusterState next, LogEntry entry, String refused) {
        return entry.audit()
                .filter(audit -> refused.isEmpty() || !audit.role().isEmpty())
                .map(audit -> next.audited(audit.refused(refused)))
                .orElse(next);
    }

    /// Asking for what is already so starts nothing.
    private static String started(ClusterState state, Command command) {
        return command instanceof Command.Starting starting
                ? state.operation(starting.operation()).map(Operation::id).orElse("")
                : "";
    }

    private Result remember(ClusterState next, String key, Answer answer) {
        if (key.isEmpty()) {
            return new Result(new Replicated(next, answers, order, lastKey), answer);
        }
        TreePMap<String, Answer> remembered = answers.plus(key, answer);
        TreePMap<Long, String> aged = order.plus(lastKey + 1, key);
        if (aged.size() > MAX_ANSWERS) {
            remembered = remembered.minus(aged.firstEntry().getValue());
            aged = aged.minusFirstEntry();
        }
        return new Result(new Replicated(next, remembered, aged, lastKey + 1), answer);
    }
}
