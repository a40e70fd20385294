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
    REPLICA_LAG(
            "flocker.replica.lag.seconds",
            "How old the newest snapshot is that a replica has; absent if it has none.",
            "environment",
            "volume",
            "node"),
    REPLICA_LAG_BYTES(
            "flocker.replica.lag.bytes",
            "About how much was written since then, by the last difference; absent if that is not known.",
            "environment",
            "volume",
            "node"),
    REPLICA_IN_STEP(
            "flocker.replica.in.step",
            "Whether a replica is no older than may be lost (1) or not (0).",
            "environment",
            "volume",
            "node",
            "state"),
    VOLUME_BLOCKED(
            "flocker.volume.blocked",
            "Whether a volume's node is gone and no replica takes over by itself (1).",
            "environment",
            "volume"),
    VOLUME_AWAY(
            "flocker.volume.away",
            "Whether a volume has failed over and is not where it belongs (1).",
            "environment",
            "volume"),
    VOLUME_DIVERGED(
            "flocker.volume.diverged",
            "A volume that is what a former primary wrote after others went on without it (1).",
            "environment",
            "volume"),
    CERTIFICATE_EXPIRY(
            "flocker.certificate.expiry.timestamp.seconds", "When a certificate of host names expires.", "certificate"),
    NODE_CPU("flocker.node.cpu.cores", "Cores that are busy, as a mean over two minutes.", "node"),
    NODE_CORES("flocker.node.cores", "Cores that a node has.", "node"),
    NODE_MEMORY("flocker.node.memory.bytes", "Memory that is used and could not be taken away.", "node"),
    NODE_IO("flocker.node.io.bytes.per.second", "What is read from disks and written to them.", "node"),
    NODE_NETWORK("flocker.node.network.bytes.per.second", "What is received and sent.", "node"),
    NODE_POOL_FREE("flocker.node.pool.free.bytes", "What is left in the pool.", "node"),
    NODE_PRESSURE(
            "flocker.node.pressure.ratio",
            "The share of the time in which something waited for the resource.",
            "node",
            "resource"),
    INSTANCE_CPU("flocker.instance.cpu.cores", "Cores that an instance keeps busy.", "environment", "instance"),
    INSTANCE_MEMORY(
            "flocker.instance.memory.bytes",
            "Memory of an instance that could not be taken away.",
            "environment",
            "instance"),
    INSTANCE_IO(
            "flocker.instance.io.bytes.per.second",
            "What an instance reads from disks and writes to them.",
            "environment",
            "instance"),
    INSTANCE_NETWORK(
            "flocker.instance.network.bytes.per.second",
            "What an instance receives and sends.",
            "environment",
            "instance"),
    INSTANCE_REQUESTS(
            "flocker.instance.requests.per.second",
            "Requests, or connections if it is not HTTP, that an instance gets.",
            "environment",
            "instance"),
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
