package io.flocker.agent.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.engine.EngineFailure;
import io.flocker.agent.volume.MemoryDriver;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Assignment.Place;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.spec.ServiceSpec.Pull;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Where an image comes from.
class ImageFinderTest {
    private static final String NAME = "app:1";

    @TempDir
    private Path directory;

    private final NearPeers peers = new NearPeers();
    private final FakeEngine own = new FakeEngine();
    private final FakeEngine other = new FakeEngine();
    private final ImageFinder finder = new ImageFinder(own, peers);

    @BeforeEach
    void anotherNode() throws IOException {
        var sender = new Sender(new MemoryDriver(directory), other, 0);
        peers.senders.put("10.0.0.2", sender);
        peers.engines.put("10.0.0.2", other);
    }

    @Test
    void theRegistryComesFirst() throws Exception {
        own.registry.put(NAME, "sha256:registry");
        other.images.put(NAME, "sha256:other");

        finder.get(wanted(Pull.MISSING), assignment("n1", "n2"));

        assertThat(own.images).containsEntry(NAME, "sha256:registry");
    }

    @Test
    void anotherNodeHasWhatTheRegistryHasNot() throws Exception {
        other.images.put(NAME, "sha256:other");

        finder.get(wanted(Pull.MISSING), assignment("n1", "n2"));

        assertThat(own.images).containsEntry(NAME, "sha256:other");
    }

    @Test
    void theNextNodeIsAskedWhenOneIsAway() throws Exception {
        other.images.put(NAME, "sha256:other");

        finder.get(wanted(Pull.NEVER), assignment("n1", "n0-away", "n2"));

        assertThat(own.images).containsEntry(NAME, "sha256:other");
    }

    @Test
    void whoWantsTheNewestGetsItFromTheRegistryOnly() {
        other.images.put(NAME, "sha256:other");

        assertThatThrownBy(() -> finder.get(wanted(Pull.ALWAYS), assignment("n1", "n2")))
                .isInstanceOf(EngineFailure.class);
        assertThat(own.images).isEmpty();
    }

    @Test
    void saysWhatTheRegistrySaidAndThatNobodyElseHasIt() {
        assertThatThrownBy(() -> finder.get(wanted(Pull.MISSING), assignment("n1", "n2")))
                .isInstanceOfSatisfying(
                        EngineFailure.class,
                        failure -> assertThat(failure.lasting()).isTrue())
                .hasMessage("There is no image app:1; no other node has it");
    }

    @Test
    void goesOnTryingWhileANodeThatMayHaveItIsAway() {
        assertThatThrownBy(() -> finder.get(wanted(Pull.MISSING), assignment("n1", "n0-away", "n2")))
                .isInstanceOfSatisfying(
                        EngineFailure.class,
                        failure -> assertThat(failure.lasting()).isFalse())
                .hasMessageContaining("There is no image app:1")
                .hasMessageContaining("does not answer");
    }

    @Test
    void saysNothingOfOtherNodesWhereThereAreNone() {
        assertThatThrownBy(() -> finder.get(wanted(Pull.MISSING), assignment("n1")))
                .hasMessage("There is no image app:1");
    }

    @Test
    void takesNoArchiveThatWasDamagedOnItsWay() {
        other.images.put(NAME, "sha256:other");
        peers.way = bytes -> {
            bytes[bytes.length - 1] ^= 1;
            return bytes;
        };

        assertThatThrownBy(() -> finder.get(wanted(Pull.MISSING), assignment("n1", "n2")))
                .hasMessageContaining("did not arrive from n2")
                .hasMessageContaining("damaged");
        assertThat(own.images).isEmpty();
    }

    private static WantedImage wanted(Pull pull) {
        return new WantedImage(NAME, pull, "", "op");
    }

    private static Assignment assignment(String own, String... others) {
        TreePMap<String, Place> nodes = TreePMap.singleton(own, new Place("10.0.0.1", ""));
        for (String other : others) {
            nodes = nodes.plus(other, new Place("10.0.0." + (other.equals("n2") ? "2" : "9"), ""));
        }
        return new Assignment(own, nodes, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());
    }
}
