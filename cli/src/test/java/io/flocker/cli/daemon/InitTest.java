package io.flocker.cli.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Machines that are to become nodes, with things on them already. `flocker join` looks before it asks the cluster.
class InitTest {
    @TempDir
    private Path root;

    private Installation installation;

    @BeforeEach
    void machine() {
        installation = new Installation(root);
    }

    @ParameterizedTest
    @ValueSource(strings = {"log/current", "pool.img", "pool/volumes/shop.data.d1"})
    void refusesDataOfAnotherCluster(String left) throws IOException {
        Path file = installation.lib().resolve(left);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");

        assertThatThrownBy(() -> Init.refuseUnlessNew(installation, "n1"))
                .hasMessageContaining("data of another cluster in " + installation.lib())
                .hasMessageContaining("move it away");
        assertThat(file).exists();
    }

    @Test
    void refusesAMachineThatIsANode() throws IOException {
        Files.createDirectories(installation.etc());
        Files.writeString(installation.settings(), "");

        assertThatThrownBy(() -> Init.refuseUnlessNew(installation, "n1"))
                .hasMessageContaining("is a node already")
                .hasMessageContaining("stop flocker daemon");
    }

    @Test
    void takesAPoolThatSomebodyMade() throws IOException {
        Files.createDirectories(installation.lib().resolve("pool/volumes"));

        assertThatCode(() -> Init.refuseUnlessNew(installation, "n1")).doesNotThrowAnyException();
    }
}
