package io.flocker.control.lead;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.control.ca.Authority;
import io.flocker.control.log.ClusterLog;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /// A log of one member that leads.
    private ClusterLog log() throws Exception {
        var self = new ClusterLog.Member("n1", "127.0.0.1:" + freePort());
        var credentials = Authority.create(folder.resolve("ca")).node("n1", List.of("127.0.0.1", "localhost"));
        var log = new ClusterLog(folder.resolve("log"), self, List.of(self), credentials);
        log.submit(new Command.AddNode("n1", 1, "n1", "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE));
        return log;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
