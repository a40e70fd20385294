package io.flocker.control.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Outcome;
import io.flocker.core.model.Node;
import io.flocker.core.spec.ApplicationSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

class ClusterLogTest {
    private static final int KILLS = 5;

    @TempDir
    Path folder;

    private OneMember member;

    @BeforeEach
    void certify() throws IOException {
        member = OneMember.in(folder);
    }

    @Test
    @Timeout(180)
    void losesNothingAcknowledgedWhenKilled() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ClusterLogTest seed=" + seed);
        var random = new SplittableRandom(seed);
        var acknowledged = new ArrayList<String>();
        for (int kill = 0; kill < KILLS; kill++) {
            acknowledged.addAll(writeUntilKilled(acknowledged.size() + 1_000 * kill, 20 + random.nextInt(60)));
        }

        try (ClusterLog log = member.open()) {
            assertThat(log.state().nodes().keySet()).containsAll(acknowledged);
        }
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(20 * KILLS);
        try (Stream<Path> files = Files.walk(member.data())) {
            assertThat(files.map(file -> file.getFileName().toString())).anyMatch(name -> name.startsWith("snapshot."));
        }
    }

    /// Starts a writer and kills it once it was told `count` names.
    private List<String> writeUntilKilled(int first, int count) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LogWriter.class.getName(),
                        member.data().toString(),
                        member.credentials().toString(),
                        Integer.toString(member.port()),
                        Integer.toString(first))
                .redirectError(errors.toFile())
                .start();
        var names = new ArrayList<String>();
        try (BufferedReader lines = writer.inputReader()) {
            while (names.size() < count) {
                String line = lines.readLine();
                if (line == null) {
                    throw new AssertionError(
                            "The writer ended by itself after " + names.size() + " names: " + Files.readString(errors));
                }
                names.add(line);
            }
            // Process.destroyForcibly would also close the stream.
            writer.toHandle().destroyForcibly();
            writer.waitFor();
            // What it had printed before it died was acknowledged as well; its last line may be cut.
            String rest = String.join("\n", lines.lines().toList());
            rest.lines()
                    .filter(line -> line.matches("n[0-9]+"))
                    .limit(Math.max(0, rest.lines().count() - 1))
                    .forEach(names::add);
        } finally {
            writer.destroyForcibly();
        }
        return names;
    }

    @Test
    void givesARepeatedRequestTheFirstAnswer() throws Exception {
        var deploy = deploy("operation1", OptionalLong.of(0));
        var again = deploy("operation2", OptionalLong.of(0));
        try (ClusterLog log = member.open()) {
            log.submit(new Command.AddNode("test", 1, "n1", "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE));
            assertThat(log.submit("key", deploy).outcome()).isInstanceOf(Outcome.Accepted.class);
            long version = log.state().version();

            assertThat(log.submit("key", again).operation())
                    .isEqualTo(log.submit("key", deploy).operation());
            assertThat(log.state().version()).isEqualTo(version);
            assertThat(log.submit("another key", again).outcome()).isInstanceOf(Outcome.Refused.class);
        }
        try (ClusterLog log = member.open()) {
            long version = log.state().version();
            assertThat(log.submit("key", again).outcome()).isInstanceOf(Outcome.Accepted.class);
            assertThat(log.state().version()).isEqualTo(version);
        }
    }

    @Test
    void decidesEachOfSeveralByItself() throws Exception {
        var deploy = deploy("operation1", OptionalLong.of(0));
        List<LogEntry> asked = List.of(
                new LogEntry(
                        "",
                        new Command.AddNode("test", 1, "n1", "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE)),
                new LogEntry("first", deploy),
                new LogEntry("second", deploy("operation2", OptionalLong.of(0))),
                new LogEntry("first", deploy));
        try (ClusterLog log = member.open()) {
            var seen = new CopyOnWriteArrayList<ClusterState>();
            log.onChange(() -> seen.add(log.state()));
            List<ClusterLog.Decision> decisions = log.submit(asked);

            assertThat(decisions)
                    .extracting(decision -> decision.outcome() instanceof Outcome.Accepted)
                    .containsExactly(true, true, false, true);
            assertThat(decisions)
                    .extracting(ClusterLog.Decision::operation)
                    .containsExactly("", "operation1", "", "operation1");
            assertThat(seen)
                    .contains(log.state())
                    .as("nobody sees the state between two of them")
                    .allMatch(state ->
                            state.nodes().isEmpty() == state.environment("shop").isEmpty());
        }
        try (ClusterLog log = member.open()) {
            assertThat(log.state().nodes()).containsKey("n1");
            assertThat(log.decided("first").orElseThrow().operation()).isEqualTo("operation1");
        }
    }

    private static Command.Deploy deploy(String operation, OptionalLong ifVersion) {
        return new Command.Deploy(
                "test", 2, operation, 1_000, "shop", ApplicationSpec.EMPTY, TreePMap.empty(), ifVersion);
    }
}
