package io.flocker.verify.door;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A way to a server that counts connections, and can cut them or let answers trickle.
public final class Door implements AutoCloseable {
    private static final int CHUNK = 1_024;
    private static final long PAUSE_MILLIS = 1_500;

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile boolean slow;

    /// @param door where to listen
    public Door(InetSocketAddress door, InetSocketAddress server) throws IOException {
        this.server = server;
        this.door = new ServerSocket();
        this.door.bind(door);
        Thread.startVirtualThread(this::accept);
    }

    /// Its port.
    public int port() {
        return door.getLocalPort();
    }

    /// How many connections there have been.
    public int opened() {
        return opened.get();
    }

    /// From now on, and what waits as well.
    public void slow(boolean now) {
        slow = now;
    }

    /// Cuts all connections.
    public void hangUp() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                opened.incrementAndGet();
                open.add(client);
                Socket served = new Socket();
                served.connect(server);
                Thread.startVirtualThread(() -> pass(client, served, false));
                Thread.startVirtualThread(() -> pass(served, client, true));
            } catch (IOException e) {
                // The door is closed, or the server away: whoever asked sees that.
            }
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
                if (answers && slow) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
        } catch (IOException e) {
            // One end is closed: so is the other now.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
