package io.flocker.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of questions to agents that do not answer.
class NodeCallsTest {
    @TempDir
    private Path folder;

    /// Its machine is gone, or hangs: connections are neither refused nor answered.
    @Test
    void aNodeThatIsNotHeardIsNotWaitedFor() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                var node = new OneNode(folder, silent.getLocalPort());
                var admin = new FlockerClient(node.base, node.authority.user("admin"))) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> admin.get("/v2/environments/shop/images?name=web:1", Answers.Image.class))
                    .hasMessageContaining("Node n1 does not answer, and has not been heard for 5 s");
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun))
                    .isBetween(4L, 15L);
        }
    }
}
