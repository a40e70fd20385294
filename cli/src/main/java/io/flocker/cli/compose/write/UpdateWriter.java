package io.flocker.cli.compose.write;

import io.flocker.cli.compose.unit.Durations;
import io.flocker.core.spec.Autoscale;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpgradeSpec;
import java.math.BigDecimal;
import java.util.Locale;

/// Writes how instances are replaced, and how many there are, as far as it differs from the default.
final class UpdateWriter {
    private UpdateWriter() {}

    static Block write(UpdatePolicy policy) {
        UpdatePolicy usual = UpdatePolicy.DEFAULT;
        var block = new Block();
        if (policy.parallelism() != usual.parallelism()) {
            block.always("parallelism", policy.parallelism());
        }
        if (policy.delayMillis() != usual.delayMillis()) {
            block.always("delay", Durations.text(policy.delayMillis()));
        }
        if (policy.order() != usual.order()) {
            block.always("order", word(policy.order()));
        }
        if (policy.failureAction() != usual.failureAction()) {
            block.always("failure_action", word(policy.failureAction()));
        }
        if (policy.monitorMillis() != usual.monitorMillis()) {
            block.always("monitor", Durations.text(policy.monitorMillis()));
        }
        if (policy.maxFailurePerMille() != usual.maxFailurePerMille()) {
            block.always(
                    "max_failure_ratio",
                    BigDecimal.valueOf(policy.maxFailurePerMille(), 3)
                            .stripTrailingZeros()
                            .toPlainString());
        }
        return block;
    }

    /// Whether it follows its image's name.
    static Block watch(UpgradeSpec upgrade) {
        var block = new Block();
        if (upgrade.watches()) {
            block.always("watch", true);
        }
        if (upgrade.watches() && upgrade.watchMillis() != UpgradeSpec.WATCH_MILLIS) {
            block.always("interval", Durations.text(upgrade.watchMillis()));
        }
        return block;
    }

    /// Writes what is not the default strategy.
    static void write(Block upgrade, Strategy strategy) {
        upgrade.always("strategy", strategy.word());
        if (strategy instanceof Strategy.Canary canary) {
            var block = new Block()
                    .always("weight", canary.weightPercent())
                    .always("for", Durations.text(canary.forMillis()));
            canary.maxErrorsPerMille()
                    .ifPresent(most -> block.always(
                            "max_errors",
                            BigDecimal.valueOf(most, 1).stripTrailingZeros().toPlainString() + "%"));
            canary.maxSlowdownPercent()
                    .ifPresent(most -> block.always(
                            "max_slowdown",
                            BigDecimal.valueOf(most, 2).stripTrailingZeros().toPlainString()));
            upgrade.put("canary", block);
        }
    }

    /// How the number of instances follows the load, or the nodes' cores.
    static Block scale(ServiceSpec spec) {
        var block = new Block();
        if (spec.placement().perCore()) {
            block.always("per_core", true);
        }
        spec.autoscale().ifPresent(scale -> {
            var target = new Block();
            scale.requestsPerSecond().ifPresent(rate -> target.always("requests_per_second", rate));
            scale.cpuPercent().ifPresent(percent -> target.always("cpu", percent + "%"));
            block.always("min", scale.min()).always("max", scale.max()).put("target", target);
            if (scale.downAfterMillis() != Autoscale.DOWN_AFTER_MILLIS) {
                block.always("down_after", Durations.text(scale.downAfterMillis()));
            }
        });
        return block;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
