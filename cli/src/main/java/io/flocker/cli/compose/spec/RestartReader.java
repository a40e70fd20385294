package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.RestartPolicy;
import java.util.Optional;

/// Reads `restart` and `deploy.restart_policy`, which wins.
///
/// Where Compose leaves a container that ended alone unless told otherwise, Flocker keeps services running: an absent
/// `restart` means always, except for a service that another one waits for with `service_completed_successfully`;
/// that one is a task that ends, and is not started again. `restart: "no"` says so for any other.
final class RestartReader {
    private RestartReader() {}

    /// @param task whether another service waits for this one to end
    static RestartPolicy read(Section service, Optional<Section> deploy, boolean task) {
        Optional<RestartPolicy> own = service.get("restart").flatMap(RestartReader::restart);
        Optional<RestartPolicy> deployed =
                deploy.flatMap(it -> it.get("restart_policy")).map(RestartReader::policy);
        return deployed.or(() -> own).orElse(task ? RestartPolicy.NEVER : RestartPolicy.ALWAYS);
    }

    private static Optional<RestartPolicy> restart(Value value) {
        String text = value.text().orElse("always");
        return switch (text) {
            case "no", "false", "off" -> Optional.of(RestartPolicy.NEVER);
            case "always", "unless-stopped" -> Optional.of(RestartPolicy.ALWAYS);
            case "on-failure" -> Optional.of(new RestartPolicy(RestartPolicy.When.ON_FAILURE, 0));
            default -> {
                if (text.matches("on-failure:[0-9]{1,6}")) {
                    int attempts = Integer.parseInt(text.substring(text.indexOf(':') + 1));
                    yield Optional.of(new RestartPolicy(RestartPolicy.When.ON_FAILURE, attempts));
                }
                value.complain("must be \"no\", always, on-failure, on-failure:ATTEMPTS or unless-stopped, not \""
                        + Shown.word(text) + "\"");
                yield Optional.empty();
            }
        };
    }

    private static RestartPolicy policy(Value value) {
        Section policy = value.section("a restart policy");
        String condition = policy.oneOf("condition", "any", "on-failure", "none");
        int attempts = (int) policy.number("max_attempts", 0, 1_000_000).orElse(0);
        for (String key : new String[] {"delay", "window"}) {
            policy.get(key).ifPresent(duration -> {
                duration.millis();
                duration.note("has no effect: the agent waits longer after each restart by itself");
            });
        }
        policy.end();
        return switch (condition) {
            case "none" -> RestartPolicy.NEVER;
            case "on-failure" -> new RestartPolicy(RestartPolicy.When.ON_FAILURE, attempts);
            default -> {
                if (attempts > 0) {
                    value.note("max_attempts counts with condition: on-failure only");
                }
                yield RestartPolicy.ALWAYS;
            }
        };
    }
}
