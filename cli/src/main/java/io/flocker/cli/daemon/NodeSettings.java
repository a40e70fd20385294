package io.flocker.cli.daemon;

import io.flocker.agent.volume.Pool;
import io.flocker.cli.compose.unit.Sizes;
import io.flocker.control.log.ClusterLog;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What `flocker init` was told about a node, in `node.properties`. An unknown key is an error.
///
/// @param address where other nodes and users reach it
/// @param docker the engine's socket
/// @param poolBytes the size of a pool to be made; 0 for most of what is free
/// @param transferBytesPerSecond how fast snapshots and images are sent to other nodes at most; 0 for no limit
/// @param control the APIs of the nodes with a control plane, as last heard; [#CONTROL_HERE] on a first node that is
///     the only one
/// @param generation of the cluster's log, as last heard: what has to do with an earlier one is out of date
record NodeSettings(
        String name,
        String address,
        URI docker,
        Pool.Kind storage,
        long poolBytes,
        long transferBytesPerSecond,
        PortPlan ports,
        List<URI> control,
        long generation) {
    static final List<URI> CONTROL_HERE = List.of();

    private static final Set<String> KEYS = Set.of(
            "name",
            "address",
            "docker",
            "storage",
            "pool-bytes",
            "transfer-rate",
            "api-port",
            "raft-port",
            "agent-port",
            "control",
            "generation");

    /// Where a node listens.
    record PortPlan(int api, int raft, int agent) {
        static final PortPlan USUAL = new PortPlan(4523, 4524, 4525);
    }

    NodeSettings controlledBy(List<URI> apis, long now) {
        return new NodeSettings(name, address, docker, storage, poolBytes, transferBytesPerSecond, ports, apis, now);
    }

    /// Whether nobody but this node has a control plane, as far as it was told.
    boolean isAlone() {
        return control.isEmpty() || control.equals(List.of(api()));
    }

    /// Where its own log is, as other members reach it.
    ClusterLog.Member member() {
        return new ClusterLog.Member(name, address + ":" + ports.raft());
    }

    /// Where its own API is.
    URI api() {
        return URI.create("https://" + address + ":" + ports.api());
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        String text = """
                # Made by flocker init or flocker join.
                name=%s
                address=%s
                docker=%s
                storage=%s
                pool-bytes=%d
                # How much is sent to other nodes in a second at most, such as 50M; 0 for no limit.
                transfer-rate=%s
                api-port=%d
                raft-port=%d
                agent-port=%d
                control=%s
                # Which log of its cluster it last heard of; flocker recover begins another.
                generation=%d
                """.formatted(
                        name,
                        address,
                        docker,
                        storage.toString().toLowerCase(Locale.ROOT),
                        poolBytes,
                        Sizes.text(transferBytesPerSecond),
                        ports.api(),
                        ports.raft(),
                        ports.agent(),
                        control.stream().map(URI::toString).collect(Collectors.joining(",")),
                        generation);
        // Whole or not at all: a machine that loses power in the middle must still find its cluster.
        Path written = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(written, text);
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static NodeSettings read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (NoSuchFileException e) {
            throw new IOException("This machine is no node yet: " + file + " is missing. Run flocker init first", e);
        }
        Set<String> unknown = new TreeSet<>(properties.stringPropertyNames());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new IOException(file + ": unknown keys " + unknown + "; known are " + new TreeSet<>(KEYS));
        }
        try {
            return new NodeSettings(
                    required(properties, file, "name"),
                    required(properties, file, "address"),
                    URI.create(required(properties, file, "docker")),
                    Pool.Kind.valueOf(required(properties, file, "storage").toUpperCase(Locale.ROOT)),
                    Long.parseLong(properties.getProperty("pool-bytes", "0")),
                    rate(properties.getProperty("transfer-rate", "0")),
                    new PortPlan(
                            port(properties, "api-port", PortPlan.USUAL.api()),
                            port(properties, "raft-port", PortPlan.USUAL.raft()),
                            port(properties, "agent-port", PortPlan.USUAL.agent())),
                    Stream.of(properties.getProperty("control", "").split(",", -1))
                            .filter(url -> !url.isBlank())
                            .map(URI::create)
                            .toList(),
                    Long.parseLong(properties.getProperty("generation", "0")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static long rate(String text) {
        return Sizes.bytes(text)
                .orElseThrow(() -> new IllegalArgumentException("transfer-rate is a size such as 50M, not " + text));
    }

    private static int port(Properties properties, String key, int usual) {
        return Integer.parseInt(properties.getProperty(key, Integer.toString(usual)));
    }

    private static String required(Properties properties, Path file, String key) throws IOException {
        String value = properties.getProperty(key);
        if (value == null || value.isBlank()) {
            throw new IOException(file + ": " + key + " is missing");
        }
        return value;
    }
}
