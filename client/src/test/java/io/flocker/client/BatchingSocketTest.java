package io.flocker.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchingSocketTest {
    private static final int DRIP_BYTES = 16 << 10;
    private static final int LENGTH = 4 << 20;

    @Test
    void readsALongStreamAsItWasSent() throws Exception {
        byte[] sent = sent();
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new BatchingSocket()) {
            Thread.startVirtualThread(() -> drip(server, sent));
            socket.connect(server.getLocalSocketAddress());
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo(sent[0] & 0xff);
            byte[] rest = in.readAllBytes();
            assertThat(rest).hasSize(LENGTH - 1);
            assertThat(rest).isEqualTo(Arrays.copyOfRange(sent, 1, LENGTH));
            assertThat(in.read()).isNegative();
        }
    }

    /// A drip that comes every tenth of a millisecond: without a rest each would be read by itself.
    @Test
    void readsSeveralDripsOfALongStreamAtOnce() throws Exception {
        byte[] sent = sent();
        int reads = 0;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var socket = new BatchingSocket()) {
            Thread.startVirtualThread(() -> drip(server, sent));
            socket.connect(server.getLocalSocketAddress());
            InputStream in = socket.getInputStream();
            var bytes = new byte[LENGTH];
            while (in.read(bytes) >= 0) {
                reads++;
            }
        }
        assertThat(reads).isLessThan(LENGTH / DRIP_BYTES * 2 / 3);
    }

    private static byte[] sent() {
        byte[] sent = new byte[LENGTH];
        new Random(1).nextBytes(sent);
        return sent;
    }

    private static void drip(ServerSocket server, byte[] bytes) {
        try (Socket socket = server.accept()) {
            for (int offset = 0; offset < bytes.length; offset += DRIP_BYTES) {
                socket.getOutputStream().write(bytes, offset, DRIP_BYTES);
                Thread.sleep(0, 100_000);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
