package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import java.util.Optional;

/// Reads a service's `x-flocker: {upgrade: {strategy: blue-green}}`: how its releases follow each other, if not some at
/// a time.
final class StrategyReader {
    private StrategyReader() {}

    /// @param own the service's `x-flocker`
    /// @param deploy whose `update_config` must not contradict it
    static Optional<Strategy> read(Optional<Section> own, Optional<Section> deploy) {
        return own.flatMap(it -> it.get("upgrade")).flatMap(it -> read(it.section("upgrade"), deploy));
    }

    private static Optional<Strategy> read(Section upgrade, Optional<Section> deploy) {
        Optional<Strategy> strategy = switch (upgrade.oneOf("strategy", "rolling", "blue-green")) {
            case "blue-green" -> Optional.of(new Strategy.BlueGreen());
            default -> Optional.empty();
        };
        upgrade.end();
        Optional<Section> update = deploy.flatMap(it -> it.get("update_config"))
                .filter(Value::isMap)
                .map(it -> it.section("an update's policy"));
        if (strategy.isPresent() && update.isPresent()) {
            contradictions(strategy.get(), update.get());
        }
        return strategy;
    }

    private static void contradictions(Strategy strategy, Section update) {
        update.get("order")
                .filter(it -> it.text().orElse("").equals("stop-first"))
                .ifPresent(it -> it.complain("contradicts x-flocker.upgrade.strategy: " + strategy.word()
                        + ", where the new ones start first; remove one of them"));
        switch (strategy) {
            case Strategy.BlueGreen _ -> {
                update.note("parallelism", "has no effect with strategy blue-green: all of them at once");
                update.note("delay", "has no effect with strategy blue-green: all of them at once");
            }
        }
    }

    /// A strategy needs two releases side by side.
    static void refuseTwice(Optional<Section> own, ServiceSpec spec) {
        Optional<Strategy> strategy = spec.upgrade().strategy();
        Optional<String> once = spec.onlyOnce();
        if (strategy.isPresent() && once.isPresent()) {
            own.flatMap(it -> it.get("upgrade"))
                    .flatMap(it -> it.section("upgrade").get("strategy"))
                    .ifPresent(it -> it.complain(
                            "cannot be " + strategy.get().word() + ": two releases cannot be there at once, as only one"
                                    + " can have " + once.get() + "; use strategy: rolling"));
        }
    }
}
