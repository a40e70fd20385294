package io.flocker.control.api.metric;

import java.util.List;
import java.util.Locale;

/// A metric's name, what it tells, and by which labels: all that there are. `docs/reference/metrics.md` has
/// the same list.
enum Metric {
    NODE_READY("flocker.node.ready", "Whether a node reports and takes instances (1) or not (0).", "node", "state"),
    ENVIRONMENTS("flocker.environments", "Environments by state.", "state"),
    ENVIRONMENTS_ASLEEP("flocker.environments.asleep", "Environments that sleep."),
    INSTANCES("flocker.instances", "Instances by state.", "environment", "service", "state"),
    INSTANCES_WANTED("flocker.instances.wanted", "Instances that a service is to have.", "environment", "service"),
    OPERATIONS("flocker.operations", "Operations that ended, since this node's daemon began.", "kind", "result"),
    OPERATIONS_RUNNING("flocker.operations.running", "Operations that go on.", "kind"),
    SCHEDULE_RUNS(
            "flocker.schedule.runs",
            "Runs of a schedule that ended, since this node's daemon began and those before that are remembered.",
            "environment",
            "schedule",
            "result"),
    SCHEDULE_FAILED(
            "flocker.schedule.failed", "Whether the last run of a schedule failed (1).", "environment", "schedule"),
    SCHEDULE_LAST_SUCCESS(
            "flocker.schedule.last.success.timestamp.seconds",
            "When a run of a schedule last ended well; absent if none is remembered.",
            "environment",
            "schedule"),
    VOLUME_USED(
            "flocker.volume.used.bytes",
            "What a volume holds, as its node last told; absent if it did not.",
            "environment",
            "volume"),
    CERTIFICATE_EXPIRY(
            "flocker.certificate.expiry.timestamp.seconds", "When a certificate of host names expires.", "certificate"),
    LOG_INDEX("flocker.log.index", "The last entry of the cluster's log that the leader has applied."),
    LEADER("flocker.leader", "Which node leads (1).", "node");

    private final String key;
    private final String help;
    /// With commas between.
    private final String labels;

    Metric(String key, String help, String... labels) {
        this.key = key;
        this.help = help;
        this.labels = String.join(",", labels);
    }

    /// With dots, as Micrometer wants it.
    String key() {
        return key;
    }

    String help() {
        return help;
    }

    List<String> labels() {
        return labels.isEmpty() ? List.of() : List.of(labels.split(",", -1));
    }

    boolean counts() {
        return this == OPERATIONS || this == SCHEDULE_RUNS;
    }

    /// As Prometheus has it.
    String shown() {
        return key.replace('.', '_') + (counts() ? "_total" : "");
    }

    /// A word for a label's value: `FAILED` as `failed`.
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
