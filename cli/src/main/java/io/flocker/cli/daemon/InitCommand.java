package io.flocker.cli.daemon;

import io.flocker.agent.volume.Pool;
import io.flocker.cli.compose.unit.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `flocker init`
@Command(
        name = "init",
        description =
                "Make this machine the first node of a new cluster: certificate authority, certificates, settings.",
        footer = {"", "Start it with: flocker daemon"})
public final class InitCommand implements Callable<Integer> {
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

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        long poolBytes = poolSize.isEmpty()
                ? 0
                : Sizes.bytes(poolSize)
                        .orElseThrow(() -> new IOException("--pool-size is a size such as 50G, not " + poolSize));
        Init.Made made = Init.init(
                new Installation(root),
                new Init.Choices(
                        name,
                        address,
                        docker,
                        Pool.Kind.valueOf(storage.toUpperCase(Locale.ROOT)),
                        poolBytes,
                        apiPort,
                        raftPort,
                        agentPort));
        PrintWriter out = spec.commandLine().getOut();
        out.println("Node " + made.node() + " is ready to start: flocker daemon");
        out.println("API: " + made.api());
        out.println("Credentials of user admin: " + new Installation(root).userCredentials());
        return 0;
    }
}
