package io.flocker.agent.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether containers that serve HTTP and have no health check do more than listen: `GET /` is answered with anything
/// but a server's error. Whatever speaks no HTTP has done enough. Asked until that is so once.
final class HttpGate {
    private static final Logger log = LoggerFactory.getLogger(HttpGate.class);

    private static final Cadence ASKED = new Cadence(20, 8, 1_000);
    private static final int CONNECT_MILLIS = 1_000;
    private static final int ANSWER_MILLIS = 5_000;
    private static final int STATUS_BYTES = 12;
    private static final int FIRST_SERVER_ERROR = 500;

    /// What has answered with errors for so long is not just starting.
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final Runnable listener;
    private final long patienceNanos;
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();

    /// @param listener is told whenever an answer changes
    HttpGate(Runnable listener) {
        this(listener, PATIENCE_NANOS);
    }

    HttpGate(Runnable listener, long patienceNanos) {
        this.listener = listener;
        this.patienceNanos = patienceNanos;
    }

    /// What is known of a container.
    enum Answer {
        /// No answer yet, or errors that may end.
        NOT_YET,
        GOOD,
        /// Errors only, for longer than a start takes.
        BAD
    }

    private static final class Gate {
        private volatile Answer answer = Answer.NOT_YET;
        private volatile boolean over;
    }

    /// Returns at once; begins to ask if it is new.
    Answer ask(String container, InetSocketAddress address) {
        Gate known = gates.get(container);
        if (known != null) {
            return known.answer;
        }
        var gate = new Gate();
        gates.put(container, gate);
        Thread.ofVirtual().name("gate " + container).start(() -> run(container, address, gate));
        return gate.answer;
    }

    /// It ended.
    void over(String container) {
        Gate gate = gates.remove(container);
        if (gate != null) {
            gate.over = true;
        }
    }

    private void run(String container, InetSocketAddress address, Gate gate) {
        long begun = System.nanoTime();
        long firstError = 0;
        try {
            while (!gate.over) {
                int status = status(address);
                if (status == 0) {
                    firstError = 0;
                } else if (status < FIRST_SERVER_ERROR) {
                    become(gate, Answer.GOOD);
                    return;
                } else if (firstError == 0) {
                    firstError = System.nanoTime();
                } else if (System.nanoTime() - firstError > patienceNanos && gate.answer != Answer.BAD) {
                    log.atWarn()
                            .addKeyValue("container", container)
                            .addKeyValue("status", status)
                            .log("It answers GET / with a server error");
                    become(gate, Answer.BAD);
                }
                TimeUnit.MILLISECONDS.sleep(ASKED.restMillis(begun));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void become(Gate gate, Answer answer) {
        gate.answer = answer;
        listener.run();
    }

    /// The status of the answer to `GET /` (RFC 9110); 0 if nobody answers, 1 for what is no HTTP.
    private static int status(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + address.getHostString()
                                    + "\r\nUser-Agent: flocker\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return status(new String(in.readNBytes(STATUS_BYTES), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return 0;
        }
    }

    static int status(String line) {
        if (line.isEmpty()) {
            return 0;
        }
        if (!line.startsWith("HTTP/1.") || line.length() < STATUS_BYTES) {
            return 1;
        }
        try {
            return Integer.parseInt(line, 9, STATUS_BYTES, 10);
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
