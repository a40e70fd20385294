package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/// One connection to a Unix socket as two streams. Whatever waits ends with an exception at the limit, when the thread
/// is interrupted, or when the connection is closed. Used by one thread at a time.
final class SocketConnection implements Connection {
    private final Duration limit;
    private final long deadlineNanos;
    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;

    private SocketConnection(SocketChannel channel, Duration limit) throws IOException {
        this.channel = channel;
        this.limit = limit;
        deadlineNanos = System.nanoTime() + limit.toNanos();
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /// @param limit for everything that happens on the connection
    /// @throws ConnectException if nobody listens
    static SocketConnection open(Path socket, Duration limit) throws IOException {
        SocketChannel channel;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (ClosedByInterruptException e) {
            InterruptedIOException told = new InterruptedIOException("Interrupted");
            told.initCause(e);
            throw told;
        } catch (IOException e) {
            ConnectException told = new ConnectException(e.getMessage());
            told.initCause(e);
            throw told;
        }
        try {
            return new SocketConnection(channel, limit);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public InputStream in() {
        return new In();
    }

    @Override
    public OutputStream out() {
        return new Out();
    }

    private void await(int operation) throws IOException {
        try {
            key.interestOps(operation);
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            boolean ready = leftMillis > 0 && selector.select(leftMillis) > 0;
            selector.selectedKeys().clear();
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("Interrupted");
            }
            if (!ready && System.nanoTime() >= deadlineNanos) {
                throw new IOException("No answer within " + limit.toMillis() + " ms");
            }
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new IOException("The connection was closed", e);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }

    /// What the daemon sends.
    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            ByteBuffer into = ByteBuffer.wrap(bytes, offset, length);
            int read = channel.read(into);
            while (read == 0) {
                await(SelectionKey.OP_READ);
                read = channel.read(into);
            }
            return read;
        }

        @Override
        public void close() throws IOException {
            SocketConnection.this.close();
        }
    }

    /// What goes to the daemon.
    private final class Out extends OutputStream {
        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer from = ByteBuffer.wrap(bytes, offset, length);
            while (from.hasRemaining()) {
                if (channel.write(from) == 0) {
                    await(SelectionKey.OP_WRITE);
                }
            }
        }
    }
}
