package io.flocker.control.api.balance;

import io.flocker.client.api.Balances;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.Endpoint;
import io.flocker.control.api.Refusal;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.NotLeading;
import io.flocker.core.access.Right;
import io.flocker.core.balance.Balance;
import io.flocker.core.balance.BalancePlan;
import io.flocker.core.balance.BalanceSettings;
import io.flocker.core.balance.BalanceSettings.QuietHours;
import io.flocker.core.balance.Balancer;
import io.flocker.core.cluster.Command;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How load is spread: the settings, what would have to move, and having it move.
public final class BalanceEndpoints {
    private final Decisions decisions;

    public BalanceEndpoints(Decisions decisions) {
        this.decisions = decisions;
    }

    public List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "GET",
                        "/v2/balance",
                        Right.READ,
                        "How load is spread, and every node's share.",
                        List.of(),
                        Void.class,
                        Balances.Standing.class,
                        _ -> standing()),
                new Endpoint(
                        "PUT",
                        "/v2/balance",
                        Right.OPERATE,
                        "Says whether load is spread by itself, and how much that may disturb. What is left out stays as"
                                + " it is.",
                        List.of(),
                        Balances.Change.class,
                        Balances.Standing.class,
                        this::set),
                new Endpoint(
                        "GET",
                        "/v2/balance/plan",
                        Right.READ,
                        "What would have to move for load to be even.",
                        List.of(),
                        Void.class,
                        Balances.Plan.class,
                        _ -> plan()),
                new Endpoint(
                        "POST",
                        "/v2/balance/run",
                        Right.OPERATE,
                        "Spreads load once, until it is even; answers with what would have to move now.",
                        List.of("dryRun: true to only tell that"),
                        Void.class,
                        Balances.Plan.class,
                        this::run),
                new Endpoint(
                        "DELETE",
                        "/v2/balance/run",
                        Right.OPERATE,
                        "Ends that early. What moves goes on to its end.",
                        List.of(),
                        Void.class,
                        Balances.Standing.class,
                        this::end));
    }

    private Balances.Standing standing() throws NotLeading {
        Balance balance = decisions.state().balance();
        BalancePlan plan = decisions.leader().balancePlan();
        return new Balances.Standing(
                balance.settings(), balance.askedBy(), decisions.leader().balanceStory(), shares(plan));
    }

    private static List<Balances.Share> shares(BalancePlan plan) {
        return plan.before().entrySet().stream()
                .map(node -> new Balances.Share(
                        node.getKey(), node.getValue(), plan.after().getOrDefault(node.getKey(), 0.0)))
                .toList();
    }

    private Balances.Plan plan() throws NotLeading {
        Leader leader = decisions.leader();
        BalancePlan plan = leader.balancePlan();
        String objection = Balancer.objection(leader.state(), leader.allSightings(), System.currentTimeMillis())
                .orElse("");
        return new Balances.Plan(plan.moves(), shares(plan), plan.bytes(), plan.even(), objection);
    }

    private Object run(Call call) throws Exception {
        Balances.Plan plan = plan();
        if (call.flag("dryRun") || plan.moves().isEmpty()) {
            return plan;
        }
        if (!plan.objection().isEmpty()) {
            throw Refusal.of(
                    409,
                    "conflict",
                    "Not as things are",
                    "Load cannot be spread now: " + plan.objection() + ". Try again when that is over");
        }
        decide(call, decisions.state().balance().settings(), Optional.of(true));
        return plan;
    }

    private Object end(Call call) throws Exception {
        decide(call, decisions.state().balance().settings(), Optional.of(false));
        return standing();
    }

    private void decide(Call call, BalanceSettings settings, Optional<Boolean> once) throws Exception {
        decisions.require(call, new Command.SetBalance(call.by(), System.currentTimeMillis(), settings, once));
    }

    private Object set(Call call) throws Exception {
        Balances.Change change = call.body(Balances.Change.class);
        BalanceSettings before = decisions.state().balance().settings();
        OptionalLong bytes = change.bytesPerSecond().isEmpty()
                ? before.bytesPerSecond()
                : change.bytesPerSecond().getAsLong() == -1 ? OptionalLong.empty() : change.bytesPerSecond();
        var settings = new BalanceSettings(
                change.auto().orElse(before.auto()),
                change.packs().orElse(before.packs()),
                change.movesAtOnce().orElse(before.movesAtOnce()),
                change.movesPerHour().orElse(before.movesPerHour()),
                bytes,
                change.patienceMillis().orElse(before.patienceMillis()),
                change.quiet().isEmpty() ? before.quiet() : quiet(change.quiet().get()));
        boolean off = !change.auto().orElse(true);
        decide(call, settings, off ? Optional.of(false) : Optional.empty());
        return standing();
    }

    private static Optional<QuietHours> quiet(String text) throws Refusal {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String[] words = text.split("[- ]", 3);
        if (words.length < 3) {
            throw Refusal.invalid("Quiet hours are like \"08:00-18:30 Europe/Paris\", not \"" + text + "\"");
        }
        return Optional.of(new QuietHours(words[0], words[1], words[2]));
    }
}
