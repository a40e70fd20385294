package io.flocker.verify.server;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A replicated service on three servers with somebody who writes, and what must hold however it is disturbed.
public final class Ward implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration BRIEF = Duration.ofSeconds(5);

    public final Servers servers;
    public final StampedWriter writer;
    private final boolean owned;
    private volatile LabNode asked;

    /// On three servers of its own.
    ///
    /// @param number of the lab
    /// @param options what `x-flocker` says of the volume, in YAML
    public Ward(int number, String options) throws IOException, InterruptedException {
        this(number, 0, options);
    }

    /// @param datacenters over how many the nodes are spread; 0 for none
    public Ward(int number, int datacenters, String options) throws IOException, InterruptedException {
        this(new Servers(number, "2G", 3, datacenters), options, true);
    }

    /// On servers that stay when it is closed.
    public Ward(Servers servers, String options) throws IOException {
        this(servers, options, false);
    }

    private Ward(Servers servers, String options, boolean owned) throws IOException {
        this.servers = servers;
        this.owned = owned;
        boolean up = false;
        try {
            servers.succeed(
                    "up",
                    "-f",
                    servers.compose("shop", StampedWriter.SERVICES.formatted(options))
                            .toString());
            up = true;
        } finally {
            if (!up && owned) {
                servers.close();
            }
        }
        asked = servers.node;
        writer = new StampedWriter(servers.lab.nodes());
    }

    /// Only these nodes are asked and written through from now on: the others are disturbed.
    public void undisturbed(List<LabNode> nodes) {
        asked = nodes.getFirst();
        writer.through(nodes);
    }

    /// What a command prints on a node that is not disturbed.
    public String flocker(String... arguments) throws IOException {
        return asked.flocker(servers.home, arguments);
    }

    public Status.Volume volume() throws IOException {
        return volumes().stream()
                .filter(volume -> volume.name().equals("data"))
                .findFirst()
                .orElseThrow(() -> new IOException("There is no volume data"));
    }

    private List<Status.Volume> volumes() throws IOException {
        return volumes("shop");
    }

    /// Those of an environment. While the leader is cut off, an answer may take longer than it is worth waiting for: it
    /// is asked anew.
    public List<Status.Volume> volumes(String environment) throws IOException {
        try (FlockerClient client = FlockerClient.local(asked.root().resolve("run/flocker/api.sock"))) {
            return client.get("/v2/volumes", Answers.Volumes.class, BRIEF).volumes().stream()
                    .filter(volume -> volume.environment().equals(environment))
                    .toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while it was asked for volumes", e);
        }
    }

    public LabNode primary() throws IOException {
        return servers.lab.node(volume().primary());
    }

    public List<LabNode> others(LabNode node) throws IOException {
        return servers.lab.nodes().stream()
                .filter(other -> !other.name().equals(node.name()))
                .toList();
    }

    public void await(String what, Servers.Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!holds(condition)) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "Waited in vain for " + what + "\n" + flocker("status", "shop") + flocker("events"));
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /// While the cluster chooses a leader, nothing does.
    private static boolean holds(Servers.Condition condition) throws InterruptedException {
        try {
            return condition.holds();
        } catch (IOException e) {
            return false;
        }
    }

    /// All nodes are there, replicas are in step, and writes are acknowledged.
    public void settle() throws IOException, InterruptedException {
        await("replicas to be in step", () -> {
            Status.Volume volume = volume();
            return !volume.replicas().isEmpty()
                    && volume.replicas().stream()
                            .allMatch(replica -> replica.state().equals("in step"))
                    && volume.state().equals("ready");
        });
        undisturbed(servers.lab.nodes());
        long now = System.nanoTime();
        await("answers", () -> writer.answersSince(now) > 20);
    }

    /// The lines of every history there is: the volume's, and those that diverged from it.
    private Map<String, List<String>> histories() throws IOException {
        Map<String, List<String>> histories = new TreeMap<>();
        for (Status.Volume volume : volumes()) {
            Path log = servers.lab
                    .node(volume.primary())
                    .root()
                    .resolve("var/lib/flocker/pool/volumes")
                    .resolve(volume.id())
                    .resolve("head/log");
            histories.put(volume.name(), Files.exists(log) ? Files.readAllLines(log) : List.of());
        }
        return histories;
    }

    /// What was found.
    ///
    /// @param lost acknowledged numbers that the volume does not have
    /// @param nowhere those of them that no diverged one has either
    /// @param overlapSeconds how long two containers wrote at the same time, at most
    public record Found(int acknowledged, List<Long> lost, List<Long> nowhere, double overlapSeconds) {}

    public Found found() throws IOException {
        List<Long> promised = writer.acknowledged();
        Map<String, List<String>> histories = histories();
        Set<Long> present = StampedLog.numbers(histories.getOrDefault("data", List.of()));
        Set<Long> anywhere = new HashSet<>();
        histories.values().forEach(lines -> anywhere.addAll(StampedLog.numbers(lines)));
        return new Found(
                promised.size(),
                promised.stream().filter(number -> !present.contains(number)).toList(),
                promised.stream().filter(number -> !anywhere.contains(number)).toList(),
                StampedLog.overlapSeconds(histories.values()));
    }

    /// How long it took to acknowledge what is in one of the diverged volumes only, of the one where that took longest,
    /// in seconds.
    public double lostSeconds() throws IOException {
        Map<String, List<String>> histories = histories();
        Set<Long> present = StampedLog.numbers(histories.getOrDefault("data", List.of()));
        double most = 0;
        for (List<String> lines : histories.values()) {
            Set<Long> lost = StampedLog.numbers(lines);
            lost.removeAll(present);
            most = Math.max(most, writer.secondsOf(lost));
        }
        return most;
    }

    /// Every acknowledged write is there, in the volume or in what diverged from it, and nowhere wrote two at a time.
    public Found check() throws IOException {
        Found found = found();
        if (!found.nowhere().isEmpty()) {
            throw new IOException("Acknowledged writes are nowhere: " + found.nowhere());
        }
        if (found.overlapSeconds() > 0) {
            throw new IOException("Two wrote at the same time, for " + found.overlapSeconds() + " s");
        }
        return found;
    }

    public void tell(String what, double pauseSeconds, Found found) {
        System.out.printf(
                Locale.ROOT,
                "%-58s longest pause %5.1f s, acknowledged %5d, lost and kept %3d, two writers at most %.2f s%n",
                what,
                pauseSeconds,
                found.acknowledged(),
                found.lost().size(),
                found.overlapSeconds());
    }

    /// Waits until nothing is under way.
    public void rest() throws IOException, InterruptedException {
        await(
                "all operations to be over",
                () -> flocker("op", "ls").lines().noneMatch(line -> line.contains(" running ")));
    }

    /// Deletes what diverged, so that the next case begins anew; once nothing changes the environment any more.
    public void forgetDiverged() throws IOException, InterruptedException {
        rest();
        Map<String, List<String>> histories = histories();
        Set<Long> present = StampedLog.numbers(histories.getOrDefault("data", List.of()));
        histories.values().forEach(lines -> {
            Set<Long> only = StampedLog.numbers(lines);
            only.removeAll(present);
            writer.forget(only);
        });
        for (String name : flocker("volume", "ls", "-q").lines().toList()) {
            if (name.contains("diverged")) {
                flocker("volume", "rm", name);
            }
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
        if (owned) {
            servers.close();
        } else {
            servers.flocker("down", "-e", "shop", "--volumes");
        }
    }

    /// The names of the volumes that hold what a former primary wrote.
    public List<String> diverged(String environment) throws IOException {
        return volumes(environment).stream()
                .map(Status.Volume::name)
                .filter(name -> name.contains("diverged"))
                .toList();
    }

    /// The node that leads, as one that is not disturbed knows.
    public LabNode leader() throws IOException {
        String name = flocker("node", "ls")
                .lines()
                .filter(line -> line.contains("leader"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst()
                .orElseThrow(() -> new IOException("Nobody leads"));
        return servers.lab.node(name);
    }

    /// The text of all events.
    public String events() throws IOException {
        return flocker("events");
    }
}
