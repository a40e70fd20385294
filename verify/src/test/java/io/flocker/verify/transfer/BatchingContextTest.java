package io.flocker.verify.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flocker.agent.http.BatchingContext;
import io.flocker.control.ca.Authority;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two engines of TLS, and no network between them.
class BatchingContextTest {
    private static final int MOST_TURNS = 100;
    /// What the JDK puts into a record of 16 KiB.
    private static final int RECORD_BYTES = (16 << 10) - 17;

    private SSLEngine server;
    private SSLEngine client;

    @BeforeEach
    void setUp(@TempDir Path folder) throws Exception {
        Authority authority = Authority.create(folder.resolve("ca"));
        server = new BatchingContext(authority.node("n1", List.of("localhost")).context()).createSSLEngine();
        server.setUseClientMode(false);
        server.setNeedClientAuth(true);
        client = authority.node("n2", List.of("localhost")).context().createSSLEngine("localhost", 1);
        client.setUseClientMode(true);
    }

    @Test
    void writesAWholeFrameOfATransferAtOnce() throws Exception {
        greet();
        byte[] sent = bytes(server.getSession().getApplicationBufferSize());
        assertThat(sent).as("a frame, and its head").hasSizeGreaterThan((64 << 10) + 5);

        ByteBuffer source = ByteBuffer.wrap(sent);
        ByteBuffer packet = ByteBuffer.allocate(server.getSession().getPacketBufferSize());
        SSLEngineResult result = server.wrap(source, packet);

        assertThat(source.hasRemaining()).isFalse();
        assertThat(result.bytesConsumed()).isEqualTo(sent.length);
        assertThat(result.bytesProduced()).isEqualTo(packet.position());
        assertThat(received(packet.flip())).isEqualTo(sent);
    }

    @Test
    void writesAsManyRecordsAsThereIsRoomFor() throws Exception {
        greet();
        byte[] sent = bytes(4 * RECORD_BYTES);
        ByteBuffer source = ByteBuffer.wrap(sent);
        ByteBuffer packet = ByteBuffer.allocate(2 * client.getSession().getPacketBufferSize());
        assertThat(server.wrap(source, packet).getStatus()).isEqualTo(SSLEngineResult.Status.OK);
        assertThat(source.position()).isEqualTo(2 * RECORD_BYTES);
        byte[] first = received(packet.flip());
        packet.clear();
        server.wrap(source, packet);
        byte[] second = received(packet.flip());
        assertThat(ByteBuffer.allocate(sent.length).put(first).put(second).array())
                .isEqualTo(sent);
    }

    @Test
    void saysThatThereIsNoRoomForARecord() throws Exception {
        greet();
        ByteBuffer source = ByteBuffer.wrap(bytes(RECORD_BYTES));
        assertThat(server.wrap(source, ByteBuffer.allocate(10)).getStatus())
                .isEqualTo(SSLEngineResult.Status.BUFFER_OVERFLOW);
        assertThat(source.position()).isZero();
    }

    @Test
    void tellsWhoTheOtherSideIs() throws Exception {
        assertThatExceptionOfType(SSLPeerUnverifiedException.class)
                .isThrownBy(() -> server.getSession().getPeerCertificates());
        greet();
        assertThat(server.getSession().getPeerCertificates())
                .isEqualTo(client.getSession().getLocalCertificates());
    }

    @Test
    void ends() throws Exception {
        greet();
        server.closeOutbound();
        ByteBuffer packet = ByteBuffer.allocate(server.getSession().getPacketBufferSize());
        assertThat(server.wrap(ByteBuffer.wrap(bytes(RECORD_BYTES)), packet).getStatus())
                .isEqualTo(SSLEngineResult.Status.CLOSED);
        assertThat(server.isOutboundDone()).isTrue();
    }

    private void greet() throws SSLException {
        server.beginHandshake();
        client.beginHandshake();
        ByteBuffer toServer = ByteBuffer.allocate(1 << 20).limit(0);
        ByteBuffer toClient = ByteBuffer.allocate(1 << 20).limit(0);
        for (int turn = 0; turn < MOST_TURNS && !(done(server) && done(client) && !toClient.hasRemaining()); turn++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
        }
        assertThat(done(server) && done(client)).as("they have met").isTrue();
    }

    private static boolean done(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && !engine.getSession().getProtocol().equals("NONE");
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            out.compact();
            engine.wrap(ByteBuffer.allocate(0), out);
            out.flip();
        } else if (in.hasRemaining()) {
            engine.unwrap(in, ByteBuffer.allocate(1 << 20));
        }
    }

    private byte[] received(ByteBuffer packet) throws SSLException {
        ByteBuffer target = ByteBuffer.allocate(1 << 20);
        while (packet.hasRemaining()) {
            assertThat(client.unwrap(packet, target).getStatus()).isEqualTo(SSLEngineResult.Status.OK);
        }
        byte[] received = new byte[target.flip().remaining()];
        target.get(received);
        return received;
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
