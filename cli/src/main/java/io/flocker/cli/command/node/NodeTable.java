package io.flocker.cli.command.node;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.math.BigDecimal;
import java.util.List;
import java.util.stream.Collectors;

/// Nodes for people.
public final class NodeTable {
    private NodeTable() {}

    public static Table of(List<Status.Node> nodes, long nowMillis) {
        var table = new Table(
                "NODE",
                "STATE",
                "CONTROL",
                "ADDRESS",
                "INSTANCES",
                "VOLUMES",
                "CPUS RESERVED",
                "MEMORY RESERVED",
                "POOL FREE",
                "LAST SEEN",
                "LABELS");
        for (Status.Node node : nodes) {
            table.row(
                    node.name(),
                    node.state(),
                    node.control(),
                    node.address(),
                    node.instances(),
                    node.volumes(),
                    cpus(node.reserved().milliCpus()) + " of "
                            + cpus(node.capacity().milliCpus()),
                    Bytes.text(node.reserved().memoryBytes()) + " of "
                            + Bytes.text(node.capacity().memoryBytes()),
                    Bytes.text(node.poolFreeBytes()) + " of " + Bytes.text(node.poolTotalBytes()),
                    Moment.ago(node.lastSeenMillis(), nowMillis),
                    node.labels().entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .collect(Collectors.joining(",")));
        }
        return table;
    }

    private static String cpus(long milliCpus) {
        return BigDecimal.valueOf(milliCpus, 3).stripTrailingZeros().toPlainString();
    }
}
