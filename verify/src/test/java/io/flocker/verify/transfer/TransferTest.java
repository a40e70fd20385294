package io.flocker.verify.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flocker.agent.kernel.KernelPipe;
import io.flocker.agent.transfer.Receiver;
import io.flocker.agent.transfer.TlsPeers;
import io.flocker.agent.volume.MemoryDriver;
import io.flocker.agent.volume.Pool;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.core.model.Head;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step;
import io.flocker.core.plan.StoredVolume;
import io.flocker.core.plan.Transfer;
import io.flocker.verify.door.Door;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots between two agents over mutual TLS.
class TransferTest {
    private static final SnapshotId FIRST = new SnapshotId("data", 1, 1);
    private static final SnapshotId SECOND = new SnapshotId("data", 1, 2);
    private static final SnapshotId THIRD = new SnapshotId("data", 1, 3);

    @TempDir
    private Path folder;

    @Test
    void aSnapshotAndItsSuccessorArrive() throws Exception {
        VolumeDriver there = sending(FIRST, SECOND);
        VolumeDriver here = new MemoryDriver(folder.resolve("here"));
        try (var node = new SendingNode(folder, there, 0)) {
            var receiver = new Receiver(here, node.peers);

            receiver.receive(new Step.Receive(FIRST, Optional.empty(), SendingNode.ADDRESS));
            receiver.receive(new Step.Receive(SECOND, Optional.of(FIRST), SendingNode.ADDRESS));

            assertThat(here.list()).containsEntry("data", new StoredVolume("data", 0, List.of("1.1", "1.2"), 0, ""));
        }
    }

    @Test
    void oneTransferAfterTheOtherGoesByTheSameConnectionWhileItHolds() throws Exception {
        VolumeDriver there = sending(FIRST, SECOND, THIRD);
        VolumeDriver here = new MemoryDriver(folder.resolve("here"));
        var anywhere = new InetSocketAddress(SendingNode.ADDRESS, 0);
        try (var node = new SendingNode(folder, there, 0);
                var door = new Door(anywhere, new InetSocketAddress(SendingNode.ADDRESS, node.port))) {
            var peers = new TlsPeers(node.authority.node("n2", List.of(SendingNode.ADDRESS)), door.port());
            var receiver = new Receiver(here, peers);

            receiver.receive(new Step.Receive(FIRST, Optional.empty(), SendingNode.ADDRESS));
            receiver.receive(new Step.Receive(SECOND, Optional.of(FIRST), SendingNode.ADDRESS));
            assertThat(door.opened()).isEqualTo(1);
            door.hangUp();
            receiver.receive(new Step.Receive(THIRD, Optional.of(SECOND), SendingNode.ADDRESS));

            assertThat(door.opened()).isEqualTo(2);
            assertThat(here.find("data")).map(StoredVolume::snapshots).contains(List.of("1.1", "1.2", "1.3"));
        }
    }

    @Test
    void onlyNodesAreServedAndHearWhyTheyAreNot() throws Exception {
        VolumeDriver there = volume(new MemoryDriver(folder.resolve("there")), 10);
        there.snapshot(FIRST);
        VolumeDriver here = new MemoryDriver(folder.resolve("here"));
        try (var node = new SendingNode(folder, there, 0)) {
            var user = new TlsPeers(node.authority.user("mary"), node.port);
            var step = new Step.Receive(FIRST, Optional.empty(), SendingNode.ADDRESS);
            assertThatThrownBy(() -> new Receiver(here, user).receive(step))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Only nodes may ask an agent");
            var absent = new Step.Receive(SECOND, Optional.empty(), SendingNode.ADDRESS);
            assertThatThrownBy(() -> new Receiver(here, node.peers).receive(absent))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("This node does not have the snapshot data@1.2");
            assertThat(here.list()).isEmpty();
        }
    }

    @Test
    @Tag("engine")
    void aTransferTellsHowFarItIsAndEndsOnBothSidesWhenItIsInterrupted() throws Exception {
        Pool from = Pool.open(folder.resolve("from"), Pool.Kind.BTRFS, 1L << 30);
        Pool to = Pool.open(folder.resolve("to"), Pool.Kind.BTRFS, 1L << 30);
        try {
            VolumeDriver there = volume(from.driver(), 20 << 20);
            there.snapshot(FIRST);
            VolumeDriver here = to.driver();
            try (var node = new SendingNode(folder, there, 1 << 20)) {
                interrupted(new Receiver(here, node.peers), here);
            }
            try (var node = new SendingNode(folder.resolve("fast"), there, 0)) {
                new Receiver(here, node.peers).receive(new Step.Receive(FIRST, Optional.empty(), SendingNode.ADDRESS));
            }
            assertThat(here.list()).containsKey("data");
        } finally {
            from.destroy();
            to.destroy();
        }
    }

    private static void interrupted(Receiver receiver, VolumeDriver here) throws Exception {
        var outcome = new AtomicReference<Throwable>();
        Thread step = Thread.startVirtualThread(() -> {
            try {
                receiver.receive(new Step.Receive(FIRST, Optional.empty(), SendingNode.ADDRESS));
            } catch (IOException | InterruptedException e) {
                outcome.set(e);
            }
        });
        await().atMost(Duration.ofSeconds(15))
                .until(() -> receiver.transfers(Set.of("data")).stream()
                        .anyMatch(transfer -> transfer.doneBytes() > 1 << 20));
        Transfer seen = receiver.transfers(Set.of("data")).getFirst();
        assertThat(seen.totalBytes()).isBetween(20L << 20, 21L << 20);
        assertThat(seen.bytesPerSecond()).isBetween(500_000L, 4_000_000L);
        assertThat(sending()).isNotEmpty();

        step.interrupt();
        step.join();

        assertThat(outcome.get()).isInstanceOfAny(IOException.class, InterruptedException.class);
        assertThat(receiver.transfers(Set.of("data"))).isEmpty();
        assertThat(here.list()).isEmpty();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(sending()).isEmpty());
    }

    /// The calls to the kernel that send, by their threads' names: both nodes are in this process.
    private static List<String> sending() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(KernelPipe.FILLING::equals)
                .toList();
    }

    private VolumeDriver sending(SnapshotId... snapshots) throws IOException {
        VolumeDriver driver = volume(new MemoryDriver(folder.resolve("there")), 300_000);
        for (SnapshotId snapshot : snapshots) {
            driver.snapshot(snapshot);
        }
        return driver;
    }

    private static VolumeDriver volume(VolumeDriver driver, int bytes) throws IOException {
        var content = new byte[bytes];
        new SplittableRandom(3).nextBytes(content);
        driver.makeHead(
                "data",
                new Head(1, "n1", Optional.empty(), Optional.empty()),
                directory -> Files.write(directory.resolve("file"), content));
        return driver;
    }
}
