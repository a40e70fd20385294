package io.flocker.verify.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.lab.LabNode;
import io.flocker.verify.server.Servers;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What lasts longer than a proxy's configuration, and enters on a node that does not run the service.
@Tag("engine")
class LongTrafficTest {
    private static final int PORT = 8531;
    private static final int BODY_BYTES = 64 << 20;
    private static final long PATIENCE_SECONDS = 60;

    /// Echoes what comes by WebSocket (frames of less than 126 bytes, RFC 6455), and answers a body with its SHA-256.
    private static final String SERVER = """
            server = TCPServer.new(8080)
            loop do
              Thread.new(server.accept) do |socket|
                while socket.gets
                  headers = {}
                  until (line = socket.gets.chomp).empty?
                    name, value = line.split(": ", 2)
                    headers[name.downcase] = value
                  end
                  if headers["upgrade"]
                    key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
                    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n" \\
                      "Sec-WebSocket-Accept: #{Digest::SHA1.base64digest(key)}\\r\\n\\r\\n")
                    while (head = socket.read(6))
                      kind, length, *mask = head.bytes
                      text = socket.read(length & 127).bytes.each_with_index.map { |byte, i| byte ^ mask[i % 4] }
                      socket.write([kind, text.size, *text].pack("C*"))
                    end
                  else
                    digest = Digest::SHA256.new
                    left = headers["content-length"].to_i
                    while left > 0
                      part = socket.readpartial([left, 65536].min)
                      digest << part
                      left -= part.bytesize
                    end
                    socket.write("HTTP/1.1 200 OK\\r\\nContent-Length: 64\\r\\n\\r\\n#{digest.hexdigest}")
                  end
                end
              ensure
                socket.close
              end
            end
            """;

    private static Servers servers;
    private static LabNode far;

    @BeforeAll
    static void up() throws Exception {
        servers = new Servers(22, "2G", 2);
        far = servers.lab.node("n2");
        servers.succeed(
                "up",
                "-f",
                servers.compose("long", """
                services:
                  web:
                    image: flocker/web:1
                    command:
                      - ruby
                      - -rsocket
                      - -rdigest
                      - -e
                      - |
                %s
                    ports: ["%d:8080"]
                    deploy: {placement: {constraints: [node.name == n1]}}
                    stop_grace_period: 1s
                """.formatted(SERVER.indent(10), PORT)).toString());
    }

    @AfterAll
    static void down() throws Exception {
        servers.close();
    }

    @Test
    void goesOnWhileBothProxiesReload() throws Exception {
        for (LabNode node : servers.lab.nodes()) {
            servers.await("one worker on " + node.name(), () -> workers(node).size() == 1);
        }
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try {
            goesOn(http);
        } finally {
            http.shutdownNow();
        }
        servers.await(
                "the workers from before to end",
                () -> workers(far).size() == 1 && workers(servers.node).size() == 1);
    }

    private static void goesOn(HttpClient http) throws Exception {
        var echoes = new Echoes();
        WebSocket socket =
                http.newWebSocketBuilder().buildAsync(uri("ws"), echoes).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(echoes.of(socket, "before")).isEqualTo("before");
        var body = new HalvedBody();
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(
                HttpRequest.newBuilder(uri("http"))
                        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> body), BODY_BYTES))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(body.half.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        Set<ProcessHandle> near = workers(servers.node);
        Set<ProcessHandle> entered = workers(far);

        publishSomethingElse();

        assertReloaded(servers.node, near);
        assertReloaded(far, entered);
        assertThat(answer).isNotDone();
        body.goOn.countDown();
        assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).body()).isEqualTo(body.sha256());
        assertThat(echoes.of(socket, "after")).isEqualTo("after");
        assertThat(servers.get(far, PORT, "/")).as("a new request").hasSize(64);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static URI uri(String scheme) {
        return URI.create(scheme + "://" + far.address() + ":" + PORT + "/");
    }

    private static void publishSomethingElse() throws IOException, InterruptedException {
        servers.succeed("up", "-f", servers.compose("other", """
                services:
                  web:
                    image: flocker/busybox:1
                    command: httpd -f -p 8080 -h /www
                    ports: ["8532:8080"]
                    stop_grace_period: 1s
                """).toString());
        assertThat(servers.get(8532, "/")).isEqualTo("hello\n");
        assertThat(servers.get(far, 8532, "/")).isEqualTo("hello\n");
    }

    /// The workers from before go on with what they have, beside a new one.
    private static void assertReloaded(LabNode node, Set<ProcessHandle> before) throws IOException {
        assertThat(workers(node)).as(node.name()).containsAll(before).hasSizeGreaterThan(before.size());
    }

    /// The processes of a node's proxy that have connections.
    private static Set<ProcessHandle> workers(LabNode node) throws IOException {
        return node.process(LabNode.Part.PROXY).orElseThrow().children().collect(Collectors.toSet());
    }

    /// What came back.
    private static final class Echoes implements WebSocket.Listener {
        private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();

        /// The answer to a text; nothing if there is none in time.
        @Nullable
        String of(WebSocket socket, String text) throws Exception {
            socket.sendText(text, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return texts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            texts.add(text.toString());
            socket.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            texts.add(error.toString());
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            texts.add("closed: " + status);
            return null;
        }
    }

    /// Random bytes; the second half comes only once it is let.
    private static final class HalvedBody extends InputStream {
        final CountDownLatch half = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        private final byte[] bytes = new byte[BODY_BYTES];
        private int position;

        HalvedBody() {
            new Random(1).nextBytes(bytes);
        }

        String sha256() throws Exception {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("Read by the piece");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position == BODY_BYTES) {
                return -1;
            }
            if (position == BODY_BYTES / 2) {
                half.countDown();
                awaitOther();
            }
            int end = position < BODY_BYTES / 2 ? BODY_BYTES / 2 : BODY_BYTES;
            int count = Math.min(length, end - position);
            System.arraycopy(bytes, position, target, offset, count);
            position += count;
            return count;
        }

        private void awaitOther() throws IOException {
            try {
                if (!goOn.await(2 * PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("The second half was never asked for");
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
