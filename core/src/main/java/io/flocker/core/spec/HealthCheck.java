package io.flocker.core.spec;

import java.util.List;

/// How the Docker Engine finds out whether an instance is healthy. Compose's `healthcheck`; 0 means Docker's default.
///
/// @param test `[CMD, …]`, `[CMD-SHELL, …]` or `[NONE]`
public record HealthCheck(
        List<String> test, long intervalMillis, long timeoutMillis, long startPeriodMillis, int retries) {
    /// Whether it switches off the image's own check.
    public boolean disabled() {
        return test.equals(List.of("NONE"));
    }
}
