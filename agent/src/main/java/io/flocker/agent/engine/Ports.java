package io.flocker.agent.engine;

import io.flocker.core.plan.Found;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Whether containers without a health check listen yet: one accepted TCP connection is enough, and remembered.
final class Ports {
    private static final int CONNECT_MILLIS = 50;
    private static final long STEADY_NANOS = 1_000_000_000;

    private final Map<String, String> expected = new ConcurrentHashMap<>();
    private final Map<String, Long> firstSeen = new ConcurrentHashMap<>();
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /// Remembers which ports (separated by commas) a container should listen on.
    void expect(String container, String ports) {
        expected.put(container, ports);
    }

    void closed(String container) {
        open.remove(container);
        firstSeen.remove(container);
    }

    /// Whether one of the container's ports accepts. One without ports counts once it has stayed up for a moment.
    boolean open(Found found) {
        String ports = expected.getOrDefault(found.id(), "");
        if (ports.isEmpty() || found.address().isEmpty()) {
            long seen = firstSeen.computeIfAbsent(found.id(), _ -> System.nanoTime());
            return System.nanoTime() - seen >= STEADY_NANOS;
        }
        if (open.contains(found.id())) {
            return true;
        }
        for (String port : ports.split(",", -1)) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(found.address(), Integer.parseInt(port)), CONNECT_MILLIS);
                open.add(found.id());
                return true;
            } catch (IOException e) {
                // Not yet: the next look asks again.
            }
        }
        return false;
    }
}
