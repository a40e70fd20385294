package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.QuiesceSpec;
import java.util.List;
import java.util.Optional;

/// Reads a service's `x-flocker: {quiesce: {pre: …, post: …, timeout: 10s}}`: what it runs around a checkpoint. A
/// command is a list of arguments, or a text for the container's shell, as Compose's health checks are.
final class QuiesceReader {
    private QuiesceReader() {}

    /// Empty if it does nothing.
    ///
    /// @param own the service's `x-flocker`
    static Optional<QuiesceSpec> read(Optional<Section> own, boolean job) {
        return own.flatMap(it -> it.get("quiesce")).flatMap(value -> read(value, job));
    }

    private static Optional<QuiesceSpec> read(Value value, boolean job) {
        if (job) {
            value.complainAtKey("contradicts x-flocker.job: a job does not run while nothing asks for it");
        }
        Section section = value.section("quiesce");
        List<String> before = command(section, "pre");
        List<String> after = command(section, "post");
        Optional<Value> timeout = section.get("timeout");
        long millis = timeout.map(Value::millis).orElse(QuiesceSpec.TIMEOUT_MILLIS);
        if (millis < 100 || millis > QuiesceSpec.MAX_TIMEOUT_MILLIS) {
            timeout.ifPresent(it -> it.complain("must be from 100ms to 5m"));
        }
        section.end();
        if (before.isEmpty() && after.isEmpty()) {
            value.complainAtKey("has no command; add pre: COMMAND, post: COMMAND, or both");
            return Optional.empty();
        }
        return job ? Optional.empty() : Optional.of(new QuiesceSpec(before, after, millis));
    }

    private static List<String> command(Section section, String key) {
        Optional<Value> value = section.get(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (value.get().isScalar()) {
            String text = value.get().text().orElse("").strip();
            return text.isEmpty() ? List.of() : List.of("/bin/sh", "-c", text);
        }
        return section.texts(key);
    }
}
