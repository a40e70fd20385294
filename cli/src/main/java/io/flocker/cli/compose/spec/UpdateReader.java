package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.UpdatePolicy;
import io.flocker.core.spec.UpdatePolicy.FailureAction;
import io.flocker.core.spec.UpdatePolicy.Order;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/// Reads how instances are replaced: `deploy.update_config` and `deploy.rollback_config`.
final class UpdateReader {
    private UpdateReader() {}

    static UpdatePolicy read(Optional<Section> deploy, String key) {
        return deploy.flatMap(it -> it.get(key)).map(UpdateReader::read).orElse(UpdatePolicy.DEFAULT);
    }

    private static UpdatePolicy read(Value value) {
        Section update = value.section("an update's policy");
        UpdatePolicy usual = UpdatePolicy.DEFAULT;
        long parallelism =
                update.number("parallelism", 0, DeployReader.MAX_SCALE).orElse(usual.parallelism());
        var policy = new UpdatePolicy(
                // As in Compose, 0 is all of them.
                update.get("parallelism").isPresent() && parallelism == 0 ? DeployReader.MAX_SCALE : (int) parallelism,
                update.millis("delay"),
                order(update),
                failureAction(update),
                update.get("monitor").isPresent() ? update.millis("monitor") : usual.monitorMillis(),
                update.get("max_failure_ratio").map(UpdateReader::perMille).orElse(usual.maxFailurePerMille()));
        update.end();
        return policy;
    }

    private static Order order(Section update) {
        if (update.get("order").isEmpty()) {
            return UpdatePolicy.DEFAULT.order();
        }
        return update.oneOf("order", "stop-first", "start-first").equals("start-first")
                ? Order.START_FIRST
                : Order.STOP_FIRST;
    }

    private static FailureAction failureAction(Section update) {
        if (update.get("failure_action").isEmpty()) {
            return UpdatePolicy.DEFAULT.failureAction();
        }
        return switch (update.oneOf("failure_action", "pause", "continue", "rollback")) {
            case "continue" -> FailureAction.CONTINUE;
            case "rollback" -> FailureAction.ROLLBACK;
            default -> FailureAction.PAUSE;
        };
    }

    private static int perMille(Value ratio) {
        String text = ratio.text().orElse("0").strip();
        if (!text.matches("0*(\\.[0-9]{1,9})?|0*1(\\.0*)?|0+\\.") || text.isEmpty()) {
            ratio.complain("must be from 0 to 1");
            return 0;
        }
        return new BigDecimal(text.startsWith(".") ? "0" + text : text)
                .movePointRight(3)
                .setScale(0, RoundingMode.HALF_UP)
                .intValue();
    }
}
