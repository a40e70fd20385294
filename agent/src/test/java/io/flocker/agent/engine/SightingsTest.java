package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import io.flocker.core.plan.Found;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With an engine of one container, which answers two requests.
class SightingsTest {
    private static final String LABELS = """
            {"io.flocker.environment": "shop", "io.flocker.service": "db", "io.flocker.slot": "1",
             "io.flocker.release": "1", "io.flocker.restarts": "0", "io.flocker.ports": "", "io.flocker.http": ""}
            """;
    private static final String LISTED = """
            [{"Id": "c1", "State": "created", "Labels": LABELS}]
            """.replace("LABELS", LABELS);
    private static final String INSPECTED = """
            {"Id": "c1", "Config": {"Labels": LABELS}, "State": {"Status": "running", "Pid": 1,
             "StartedAt": "2026-01-01T00:00:00Z"}, "NetworkSettings": {"Networks": {}}}
            """.replace("LABELS", LABELS);

    @TempDir
    Path folder;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private ServerSocketChannel server;
    private DockerClient docker;

    @BeforeEach
    void engine() throws IOException {
        Path socket = folder.resolve("docker.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().start(this::serve);
        var host = URI.create("unix://" + socket);
        docker = DockerClientImpl.getInstance(
                DefaultDockerClientConfig.createDefaultConfigBuilder()
                        .withDockerHost(host.toString())
                        .build(),
                new ZerodepDockerHttpClient.Builder().dockerHost(host).build());
    }

    @AfterEach
    void end() throws IOException {
        docker.close();
        server.close();
    }

    @Test
    void aContainerThatIsBeingStartedIsShownWithoutAnInspection() throws IOException {
        var sightings = new Sightings(docker, () -> {});
        sightings.starting("c1");
        assertThat(sightings.look().get("c1").state()).isEqualTo(Found.State.CREATED);
        assertThat(sightings.look().get("c1").key()).isEqualTo("shop/db.1");
        assertThat(asked).noneMatch(path -> path.contains("/c1/"));

        sightings.started("c1");
        assertThat(sightings.look().get("c1").state()).isEqualTo(Found.State.RUNNING);
        assertThat(asked).anyMatch(path -> path.contains("/c1/"));
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Thread.startVirtualThread(() -> answer(channel));
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    /// One request a connection.
    private void answer(SocketChannel channel) {
        try (channel) {
            var in = Channels.newInputStream(channel);
            var request = new StringBuilder();
            while (request.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                request.append((char) next);
            }
            String path = request.toString().split(" ", 3)[1];
            asked.add(path);
            String body = path.contains("/c1/") ? INSPECTED : LISTED;
            String answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body;
            Channels.newOutputStream(channel).write(answer.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The client finds out.
        }
    }
}
