package io.flocker.verify.bench.failover;

import io.flocker.agent.program.Program;
import io.flocker.lab.LabNode;
import io.flocker.verify.bench.Stopwatch;
import io.flocker.verify.server.Servers;
import io.flocker.verify.server.StampedLog;
import io.flocker.verify.server.StampedWriter;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The service of a [StampedWriter] as a Docker swarm's: three managers, one task with a volume. When its node is cut
/// off, the swarm starts the task elsewhere, where the volume of that name is empty.
final class SwarmWriter implements AutoCloseable {
    private static final String SERVICE = "bench-writer";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int STARTING_SECONDS = 60;

    /// What [StampedWriter#SERVICES] runs, in one line.
    private static final String COMMAND = """
            mkdir -p /srv/cgi-bin
            cat > /srv/cgi-bin/add <<'END'
            #!/bin/sh
            read up rest < /proc/uptime
            if echo "$QUERY_STRING $up $(hostname)" >> /data/log && sync /data/log; then
              printf 'Content-Type: text/plain\\r\\n\\r\\n%s' "$QUERY_STRING"
            else
              printf 'Status: 500 Not kept\\r\\nContent-Type: text/plain\\r\\n\\r\\nnot kept'
            fi
            END
            chmod 755 /srv/cgi-bin/add
            httpd -p 8080 -h /srv
            while true; do
              read up rest < /proc/uptime
              echo "self $up $(hostname)" >> /data/log && sync /data/log
              sleep 0.02
            done
            """;

    private final Servers server;
    private final List<LabNode> nodes;
    private final String image;

    SwarmWriter(Servers server) throws IOException {
        this.server = server;
        nodes = server.lab.nodes().subList(0, 3);
        // Without a registry, each start waits for a name server.
        image = server.lab.registryAddress() + "/flocker/busybox:1";
        LabNode first = nodes.getFirst();
        first.docker("swarm", "init", "--advertise-addr", first.address());
        String token = first.docker("swarm", "join-token", "-q", "manager").strip();
        for (LabNode node : nodes.subList(1, nodes.size())) {
            node.docker(
                    "swarm", "join", "--token", token, "--advertise-addr", node.address(), first.address() + ":2377");
        }
        for (LabNode node : nodes) {
            node.docker("tag", "flocker/busybox:1", image);
        }
        first.docker("push", "--quiet", image);
    }

    /// What the image takes from `docker run` to its first answer.
    static double startSeconds(LabNode node) throws IOException, InterruptedException {
        try {
            return Stopwatch.millis(() -> {
                        node.docker(
                                "run",
                                "-d",
                                "--name",
                                SERVICE,
                                "-v",
                                "/data",
                                "-p",
                                StampedWriter.PORT + ":8080",
                                "flocker/busybox:1",
                                "sh",
                                "-c",
                                COMMAND);
                        awaitPort(node);
                    })
                    / 1_000;
        } finally {
            node.docker("rm", "-fv", SERVICE);
        }
    }

    private static void awaitPort(LabNode node) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STARTING_SECONDS);
        while (System.nanoTime() < deadline) {
            try (var socket = new Socket(node.address(), StampedWriter.PORT)) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        throw new IOException("Nothing listens on " + node.address() + ":" + StampedWriter.PORT);
    }

    /// Starts the service, cuts its node off, and waits until it answers elsewhere.
    FailoverBenchmark.Loss lose() throws IOException, InterruptedException {
        LabNode first = nodes.getFirst();
        // After the last round the managers have to agree on a leader first.
        server.await("the swarm to have a leader", () -> end(first, "service", "ls") == 0);
        // It may say that it could not, and have done it.
        server.await("the swarm to take the service", () -> isThere(first) || create(first) == 0);
        server.await("the swarm's task to run", () -> at().isPresent());
        try {
            LabNode node = at().orElseThrow();
            awaitPort(node);
            return lose(node);
        } finally {
            server.lab.heal();
            remove();
        }
    }

    private int create(LabNode node) throws IOException {
        return end(
                node,
                "service",
                "create",
                "--quiet",
                "--name",
                SERVICE,
                "--publish",
                "mode=host,target=8080,published=" + StampedWriter.PORT,
                "--mount",
                "type=volume,source=" + SERVICE + ",target=/data",
                "--restart-delay",
                "0s",
                image,
                "sh",
                "-c",
                COMMAND);
    }

    private static boolean isThere(LabNode node) throws IOException {
        return end(node, "service", "inspect", SERVICE) == 0;
    }

    /// The node that the task runs on.
    private Optional<LabNode> at() throws IOException {
        for (LabNode node : nodes) {
            if (!node.docker("ps", "-q", "--filter", "name=" + SERVICE).isBlank()) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private FailoverBenchmark.Loss lose(LabNode node) throws IOException, InterruptedException {
        List<LabNode> others = nodes.stream()
                .filter(other -> !other.name().equals(node.name()))
                .toList();
        try (var writer = new StampedWriter(List.of(node))) {
            TimeUnit.SECONDS.sleep(4);
            server.lab.partition(List.of(node), others, false);
            long cutNanos = System.nanoTime();
            writer.through(others);
            long deadline = cutNanos + PATIENCE.toNanos();
            // What was under way is answered by the one that is cut off.
            long elsewhere = cutNanos + TimeUnit.SECONDS.toNanos(1);
            while (writer.answersSince(elsewhere) == 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            double pause = (System.nanoTime() - cutNanos) / 1e9;
            TimeUnit.SECONDS.sleep(5);
            return found(writer.acknowledged(), others, pause);
        }
    }

    /// What is gone for the users: the swarm goes on with the volume of the node where the task is now.
    private FailoverBenchmark.Loss found(List<Long> acknowledged, List<LabNode> others, double pause)
            throws IOException {
        List<List<String>> logs = new ArrayList<>();
        Set<Long> present = new HashSet<>();
        for (LabNode node : nodes) {
            String folder = Program.of(
                            "docker", "-H", node.engineSocket(), "volume", "inspect", "-f", "{{.Mountpoint}}", SERVICE)
                    .end()
                    .output()
                    .strip();
            Path log = Path.of(folder.isEmpty() ? "/nowhere" : folder).resolve("log");
            if (Files.exists(log)) {
                logs.add(Files.readAllLines(log));
                if (others.contains(node)) {
                    present.addAll(StampedLog.numbers(logs.getLast()));
                }
            }
        }
        int gone = (int) acknowledged.stream()
                .filter(number -> !present.contains(number))
                .count();
        return new FailoverBenchmark.Loss(pause, gone, StampedLog.overlapSeconds(logs));
    }

    private void remove() throws IOException, InterruptedException {
        LabNode leader = nodes.get(1);
        server.await("the swarm to be whole", () -> {
            end(leader, "service", "rm", SERVICE);
            return isGone(leader);
        });
        for (LabNode node : nodes) {
            server.await("the swarm's volume to go", () -> {
                for (String container : node.docker("ps", "-aq", "--filter", "name=" + SERVICE)
                        .lines()
                        .toList()) {
                    end(node, "rm", "-f", container);
                }
                return end(node, "volume", "rm", "-f", SERVICE) == 0;
            });
        }
    }

    /// A swarm without a leader knows of no service, and says so by failing.
    private static boolean isGone(LabNode node) throws IOException {
        Program.Ended answer = docker(node, "service", "ls", "-q", "--filter", "name=" + SERVICE);
        return answer.exitCode() == 0 && answer.output().isBlank();
    }

    private static int end(LabNode node, String... words) throws IOException {
        return docker(node, words).exitCode();
    }

    private static Program.Ended docker(LabNode node, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("docker", "-H", node.engineSocket()));
        command.addAll(List.of(words));
        return Program.of(command.toArray(String[]::new)).within(PATIENCE).end();
    }

    /// Whatever of it is there.
    @Override
    public void close() throws IOException {
        for (LabNode node : nodes) {
            end(node, "swarm", "leave", "--force");
            end(node, "network", "rm", "docker_gwbridge");
        }
    }
}
