package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Value;
import io.flocker.core.spec.JobSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Reads a service's `x-flocker: {job: true}`, or `x-flocker: {job: {timeout: 2h}}`, by which nothing runs it but
/// `flocker run` and schedules.
final class JobReader {
    private JobReader() {}

    /// Empty if it is no job.
    ///
    /// @param own the service's `x-flocker`
    static Optional<JobSpec> read(Optional<Section> own, Section service) {
        Optional<Value> job = own.flatMap(it -> it.get("job"));
        Optional<JobSpec> read = job.flatMap(JobReader::read);
        if (read.isPresent()) {
            refuse(own, service);
        }
        return read;
    }

    private static Optional<JobSpec> read(Value job) {
        if (!job.isMap()) {
            return job.flag() ? Optional.of(JobSpec.PLAIN) : Optional.empty();
        }
        Section section = job.section("a job");
        Optional<Value> timeout = section.get("timeout");
        long millis = timeout.map(Value::millis).orElse(JobSpec.TIMEOUT_MILLIS);
        if (millis < 1_000 || millis > JobSpec.MAX_TIMEOUT_MILLIS) {
            timeout.ifPresent(it -> it.complain("must be from 1s to 7d"));
        }
        section.end();
        return Optional.of(new JobSpec(millis));
    }

    /// What means nothing for what nobody reaches, and what runs once.
    private static void refuse(Optional<Section> own, Section service) {
        Map<String, String> why = new LinkedHashMap<>();
        why.put("ports", "nobody reaches a job");
        why.put("expose", "nobody reaches a job");
        why.put("healthcheck", "a job is well if it ends with exit code 0");
        why.forEach((key, reason) -> service.get(key).ifPresent(it -> it.complainAtKey(contradicts(reason))));
        service.get("restart")
                .filter(it -> !it.text().orElse("").matches("no|false|off"))
                .ifPresent(it -> it.complain(contradicts("it runs once for each flocker run; write restart: \"no\"")));
        service.get("deploy").filter(Value::isMap).ifPresent(deploy -> {
            for (String key : new String[] {"replicas", "mode", "restart_policy"}) {
                Optional.ofNullable(deploy.entries().get(key))
                        .ifPresent(it -> it.complainAtKey(contradicts("it runs once for each flocker run")));
            }
        });
        for (String key : new String[] {"http", "scale"}) {
            own.flatMap(it -> it.get(key)).ifPresent(it -> it.complainAtKey(contradicts("nobody reaches a job")));
        }
    }

    private static String contradicts(String reason) {
        return "contradicts x-flocker.job: " + reason;
    }
}
