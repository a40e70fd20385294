package io.flocker.verify.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/// A way to a server by which its answers trickle until it is told to be quick.
final class SlowDoor implements AutoCloseable {
    private static final int CHUNK = 1_024;
    private static final long PAUSE_MILLIS = 1_500;

    private final ServerSocket door;
    private final InetSocketAddress server;
    private volatile boolean quick;

    /// @param door where to listen
    SlowDoor(InetSocketAddress door, InetSocketAddress server) throws IOException {
        this.server = server;
        this.door = new ServerSocket();
        this.door.bind(door);
        Thread.startVirtualThread(this::accept);
    }

    /// From now on, and what waits as well.
    void quicken() {
        quick = true;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket served = new Socket();
                served.connect(server);
                Thread.startVirtualThread(() -> pass(client, served, false));
                Thread.startVirtualThread(() -> pass(served, client, true));
            } catch (IOException e) {
                // The door is closed, or the server away: whoever asked sees that.
            }
        }
    }

    private void pass(Socket from, Socket to, boolean slowly) {
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                out.write(chunk, 0, read);
                if (slowly && !quick) {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
        } catch (IOException e) {
            // One end is closed: so is the other now.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
