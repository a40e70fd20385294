package io.flocker.cli.daemon;

import io.flocker.agent.volume.Pool;
import io.flocker.cli.compose.unit.Sizes;
import io.flocker.control.log.Generation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.pcollections.TreePMap;
import picocli.CommandLine.Option;

/// What is said about a machine that becomes a node.
final class NodeOptions {
    @Option(
            names = "--root",
            paramLabel = "DIR",
            defaultValue = "${FLOCKER_ROOT:-/}",
            description = "Where /etc/flocker, /var/lib/flocker and /run/flocker are (default: ${DEFAULT-VALUE}).")
    private Path root = Path.of("/");

    @Option(names = "--name", paramLabel = "NAME", description = "The node's name (default: the host name).")
    private String name = "";

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Where it is reached (default: the first address that is not loopback).")
    private String address = "";

    @Option(
            names = {"-l", "--label"},
            paramLabel = "KEY=VALUE",
            description = "A label of the node, such as datacenter=paris; may be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--docker",
            paramLabel = "URI",
            defaultValue = "${DOCKER_HOST:-unix:///var/run/docker.sock}",
            description = "The Docker Engine's socket (default: ${DEFAULT-VALUE}).")
    private URI docker = URI.create("unix:///var/run/docker.sock");

    @Option(
            names = "--storage",
            paramLabel = "btrfs|zfs",
            defaultValue = "btrfs",
            description = "What the pool is made of (default: ${DEFAULT-VALUE}).")
    private String storage = "btrfs";

    @Option(
            names = "--pool-size",
            paramLabel = "SIZE",
            description = "How large a pool to make, such as 50G (default: most of what is free).")
    private String poolSize = "";

    @Option(
            names = "--api-port",
            defaultValue = "4523",
            paramLabel = "PORT",
            description = "Where the API listens (default: ${DEFAULT-VALUE}).")
    private int apiPort = 4523;

    @Option(
            names = "--raft-port",
            defaultValue = "4524",
            paramLabel = "PORT",
            description = "Where the log listens (default: ${DEFAULT-VALUE}).")
    private int raftPort = 4524;

    @Option(
            names = "--agent-port",
            defaultValue = "4525",
            paramLabel = "PORT",
            description = "Where the agent listens (default: ${DEFAULT-VALUE}).")
    private int agentPort = 4525;

    Installation installation() {
        return new Installation(root);
    }

    TreePMap<String, String> labels() {
        return TreePMap.from(labels);
    }

    /// What was said, with what is usual in place of what was not.
    ///
    /// @throws IOException if it cannot be so
    NodeSettings settings() throws IOException {
        long poolBytes = poolSize.isEmpty()
                ? 0
                : Sizes.bytes(poolSize)
                        .orElseThrow(() -> new IOException("--pool-size is a size such as 50G, not " + poolSize));
        return new NodeSettings(
                name.isEmpty() ? Machine.hostName() : name,
                address.isEmpty() ? Machine.address() : address,
                docker,
                kind(),
                poolBytes,
                0,
                new NodeSettings.PortPlan(apiPort, raftPort, agentPort),
                NodeSettings.CONTROL_HERE,
                Generation.FIRST);
    }

    private Pool.Kind kind() throws IOException {
        return switch (storage.toLowerCase(Locale.ROOT)) {
            case "btrfs" -> Pool.Kind.BTRFS;
            case "zfs" -> Pool.Kind.ZFS;
            default -> throw new IOException("--storage is btrfs or zfs, not " + storage);
        };
    }
}
