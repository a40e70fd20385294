package io.flocker.control.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.control.ca.Authority;
import io.flocker.control.log.ClusterLog;
import io.flocker.control.log.LogEntry;
import io.flocker.core.cluster.Command;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

class LeaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void holdsUpNobodyWhileSomebodyWhoWaitsLooks() throws Exception {
        try (ClusterLog log = log();
                var leader = new Leader(log)) {
            var answered = new AtomicBoolean();
            boolean holds = leader.await(PATIENCE.toMillis(), () -> {
                try {
                    var other = Thread.ofVirtual().start(() -> {
                        leader.allSightings();
                        answered.set(true);
                    });
                    return other.join(PATIENCE);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(holds).as("the other one was answered meanwhile").isTrue();
            assertThat(answered).isTrue();
        }
    }

    @Test
    void waitsNoLongerThanItMay() throws Exception {
        try (ClusterLog log = log();
                var leader = new Leader(log)) {
            assertThat(leader.await(50, () -> false)).isFalse();
        }
    }

    @Test
    void givesOutTogetherWhatWasAskedForTogether() throws Exception {
        int nodes = 100;
        List<LogEntry> others = IntStream.rangeClosed(2, nodes)
                .mapToObj(number -> new LogEntry("", added("n" + number)))
                .toList();
        try (ClusterLog log = log();
                var leader = new Leader(log)) {
            var seen = new ArrayList<Integer>();
            var asking = new FutureTask<>(() -> {
                do {
                    seen.add(leader.assignment("n1", 0, 0).put().nodes().size());
                } while (seen.getLast() < nodes);
                return seen;
            });
            Thread.ofPlatform().daemon().start(asking);
            log.submit(others);
            assertThat(asking.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isSubsetOf(1, nodes);
        }
    }

    @Test
    void tellsANodeOnlyWhatIsAnotherOneThanItHas() throws Exception {
        try (ClusterLog log = log();
                var leader = new Leader(log)) {
            AssignmentDelta first = leader.assignment("n1", 0, 0);
            log.submit(added("n2"));

            AssignmentDelta second = leader.assignment("n1", first.revision(), PATIENCE.toMillis());
            assertThat(second.base()).isEqualTo(first.revision());
            assertThat(second.put().nodes()).containsOnlyKeys("n2");

            // The second answer did not arrive, or the node has begun anew.
            for (long since : new long[] {first.revision(), 0}) {
                AssignmentDelta whole = leader.assignment("n1", since, 0);
                assertThat(whole.base()).isZero();
                assertThat(whole.put().nodes()).containsOnlyKeys("n1", "n2");
            }
        }
    }

    /// A log of one member that leads.
    private ClusterLog log() throws Exception {
        var self = new ClusterLog.Member("n1", "127.0.0.1:" + freePort());
        var credentials = Authority.create(folder.resolve("ca")).node("n1", List.of("127.0.0.1", "localhost"));
        var log = new ClusterLog(folder.resolve("log"), self, List.of(self), credentials);
        log.submit(added("n1"));
        return log;
    }

    private static Command added(String node) {
        return new Command.AddNode(node, 1, node, "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
