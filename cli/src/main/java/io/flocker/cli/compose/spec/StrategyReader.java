package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads a service's `x-flocker: {upgrade: {strategy: canary, canary: {weight: 10, for: 5m, max_errors: 1%,
/// max_slowdown: 2}}}`: how its releases follow each other, if not some at a time.
final class StrategyReader {
    private static final int WEIGHT_PERCENT = 10;
    private static final long FOR_MILLIS = 300_000;

    private StrategyReader() {}

    /// @param upgrade of the service's `x-flocker`; its other keys are another reader's
    /// @param deploy whose `update_config` must not contradict it
    static Optional<Strategy> read(Optional<Section> upgrade, Optional<Section> deploy) {
        return upgrade.flatMap(it -> read(it, deploy));
    }

    private static Optional<Strategy> read(Section upgrade, Optional<Section> deploy) {
        String word = upgrade.oneOf("strategy", "rolling", "blue-green", "canary");
        Optional<Value> canary = upgrade.get("canary");
        Strategy.Canary read = canary(canary);
        Optional<Strategy> strategy = switch (word) {
            case "blue-green" -> Optional.of(new Strategy.BlueGreen());
            case "canary" -> Optional.of(read);
            default -> Optional.empty();
        };
        if (!word.equals("canary")) {
            canary.ifPresent(it -> it.complainAtKey("needs strategy: canary beside it"));
        }
        Optional<Section> update = deploy.flatMap(it -> it.get("update_config"))
                .filter(Value::isMap)
                .map(it -> it.section("an update's policy"));
        if (strategy.isPresent() && update.isPresent()) {
            contradictions(strategy.get(), update.get());
        }
        return strategy;
    }

    private static Strategy.Canary canary(Optional<Value> value) {
        Optional<Section> canary = value.map(it -> it.section("canary"));
        int weight = (int) canary.map(it -> it.number("weight", 1, 99))
                .orElse(OptionalLong.empty())
                .orElse(WEIGHT_PERCENT);
        long millis = FOR_MILLIS;
        Optional<Value> time = canary.flatMap(it -> it.get("for"));
        if (time.isPresent()) {
            long said = time.get().millis();
            boolean within = said >= Strategy.Canary.MIN_FOR_MILLIS && said <= Strategy.Canary.MAX_FOR_MILLIS;
            millis = within ? said : FOR_MILLIS;
            // 0 has been complained about already, or is what the file says.
            boolean read = said != 0 || time.get().text().orElse("").strip().startsWith("0");
            if (read && !within) {
                time.get().complain("must be from 1s to 24h");
            }
        }
        Optional<Value> errors = canary.flatMap(it -> it.get("max_errors"));
        OptionalInt most = errors.isEmpty() ? OptionalInt.empty() : perMille(errors.get());
        OptionalInt slowdown = canary.flatMap(it -> it.get("max_slowdown"))
                .map(StrategyReader::slowdown)
                .orElse(OptionalInt.empty());
        canary.ifPresent(Section::end);
        return new Strategy.Canary(weight, millis, most, slowdown);
    }

    /// A share of requests: `1%`, `0.5%`.
    private static OptionalInt perMille(Value share) {
        String text = share.text().orElse("").strip();
        if (!text.matches("([0-9]|[1-9][0-9])(\\.[0-9])?%|100(\\.0)?%")) {
            share.complain("must be a share of the requests from 0% to 100% such as 1% or 0.5%, not \""
                    + Shown.word(text) + "\"");
            return OptionalInt.empty();
        }
        return OptionalInt.of(new BigDecimal(text.substring(0, text.length() - 1))
                .movePointRight(1)
                .intValueExact());
    }

    /// How many times as long: `2`, `1.5`.
    private static OptionalInt slowdown(Value times) {
        String text = times.text().orElse("").strip();
        int percent = text.matches("[0-9]{1,3}(\\.[0-9]{1,2})?")
                ? new BigDecimal(text).movePointRight(2).intValueExact()
                : 0;
        if (percent < Strategy.Canary.MIN_SLOWDOWN_PERCENT || percent > Strategy.Canary.MAX_SLOWDOWN_PERCENT) {
            times.complain("must say how many times as long answers may take, from 1.1 to 100, such as 2 or 1.5, not \""
                    + Shown.word(text) + "\"");
            return OptionalInt.empty();
        }
        return OptionalInt.of(percent);
    }

    private static void contradictions(Strategy strategy, Section update) {
        update.get("order")
                .filter(it -> it.text().orElse("").equals("stop-first"))
                .ifPresent(it -> it.complain("contradicts x-flocker.upgrade.strategy: " + strategy.word()
                        + ", where the new ones start first; remove one of them"));
        switch (strategy) {
            case Strategy.Canary _ -> {}
            case Strategy.BlueGreen _ -> {
                update.note("parallelism", "has no effect with strategy blue-green: all of them at once");
                update.note("delay", "has no effect with strategy blue-green: all of them at once");
            }
        }
    }

    /// A strategy needs two releases side by side.
    static void refuseTwice(Optional<Section> upgrade, ServiceSpec spec) {
        Optional<Value> canary = upgrade.flatMap(it -> it.get("canary"));
        canary.ifPresent(it -> spec.canaryObjection().ifPresent(it::complain));
        Optional<Strategy> strategy = spec.upgrade().strategy();
        Optional<String> once = spec.onlyOnce();
        if (strategy.isPresent() && once.isPresent()) {
            upgrade.flatMap(it -> it.get("strategy"))
                    .ifPresent(it -> it.complain(
                            "cannot be " + strategy.get().word() + ": two releases cannot be there at once, as only one"
                                    + " can have " + once.get() + "; use strategy: rolling"));
        }
    }
}
