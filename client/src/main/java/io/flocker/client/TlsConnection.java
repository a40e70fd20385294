package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// One connection over mutual TLS as two streams. Blocking, and with nothing between the caller and the socket but the
/// cipher: the JDK's own HTTP client costs four times the processor time for each byte of a long body.
final class TlsConnection implements Connection {
    private static final int CONNECT_MILLIS = 5_000;

    private final SSLSocket socket;
    private final URI base;
    private final int generation;
    private final KeptConnections kept;
    private final long openedNanos = System.nanoTime();

    private TlsConnection(SSLSocket socket, URI base, int generation, KeptConnections kept) {
        this.socket = socket;
        this.base = base;
        this.generation = generation;
        this.kept = kept;
    }

    /// With the certificate that `credentials` have now; the other side's must be of the same authority and for the
    /// host of `base`.
    ///
    /// @param limit for each read
    /// @param kept where it goes when it is released
    /// @throws ConnectException if nobody listens
    static TlsConnection open(URI base, Credentials credentials, Duration limit, KeptConnections kept)
            throws IOException {
        int generation = credentials.generation();
        var plain = new BatchingSocket();
        try {
            connect(plain, base);
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(millis(limit));
            SSLSocket socket = (SSLSocket) credentials
                    .sharedContext()
                    .getSocketFactory()
                    .createSocket(plain, base.getHost(), base.getPort(), true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new TlsConnection(socket, base, generation, kept);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static void connect(Socket socket, URI base) throws IOException {
        try {
            socket.connect(new InetSocketAddress(base.getHost(), base.getPort()), CONNECT_MILLIS);
        } catch (SocketTimeoutException e) {
            var told =
                    new ConnectException("No answer from " + base.getAuthority() + " within " + CONNECT_MILLIS + " ms");
            told.initCause(e);
            throw told;
        }
    }

    /// Without end if it is longer than a socket can count.
    private static int millis(Duration limit) {
        return limit.toMillis() > Integer.MAX_VALUE ? 0 : Math.max(1, (int) limit.toMillis());
    }

    boolean isTo(URI other) {
        return base.equals(other);
    }

    /// How often the credentials had been renewed when it was opened.
    int generation() {
        return generation;
    }

    /// When it was opened, by [System#nanoTime].
    long openedNanos() {
        return openedNanos;
    }

    void limit(Duration limit) throws IOException {
        socket.setSoTimeout(millis(limit));
    }

    @Override
    public void release() {
        kept.give(this);
    }

    @Override
    public InputStream in() throws IOException {
        return socket.getInputStream();
    }

    @Override
    public OutputStream out() throws IOException {
        return socket.getOutputStream();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
