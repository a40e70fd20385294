package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.HealthCheck;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads `healthcheck`. A test that is one text runs in a shell; without a test, the image's own is used with the
/// intervals given.
final class HealthCheckReader {
    private static final Set<String> KINDS = Set.of("CMD", "CMD-SHELL", "NONE");

    private HealthCheckReader() {}

    static Optional<HealthCheck> read(Section service) {
        Optional<Value> value = service.get("healthcheck");
        if (value.isEmpty() || !value.get().isMap()) {
            value.ifPresent(Value::entries);
            return Optional.empty();
        }
        Section check = value.get().section("a health check");
        List<String> test = check.get("test").map(HealthCheckReader::test).orElse(List.of());
        long interval = check.millis("interval");
        long timeout = check.millis("timeout");
        long startPeriod = check.millis("start_period");
        int retries = (int) check.number("retries", 0, 10_000).orElse(0);
        boolean disabled = check.flag("disable");
        check.get("start_interval").ifPresent(start -> {
            start.millis();
            start.note("has no effect: the check runs soon after the start, then ever less often until it passes");
        });
        check.end();
        return Optional.of(
                disabled || test.equals(List.of("NONE"))
                        ? new HealthCheck(List.of("NONE"), 0, 0, 0, 0)
                        : new HealthCheck(test, interval, timeout, startPeriod, retries));
    }

    private static List<String> test(Value value) {
        if (value.isScalar()) {
            return value.word().map(text -> List.of("CMD-SHELL", text)).orElse(List.of());
        }
        List<String> test = value.texts();
        if (test.isEmpty() || !KINDS.contains(test.getFirst())) {
            value.complain("must begin with CMD, CMD-SHELL or NONE");
        } else if (test.size() == 1 && !test.getFirst().equals("NONE")) {
            value.complain("must say what to run after " + test.getFirst());
        } else if (test.getFirst().equals("CMD-SHELL") && test.size() > 2) {
            value.complain("must have one text after CMD-SHELL, the command line");
        }
        return test;
    }
}
