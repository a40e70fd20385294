package io.flocker.agent.engine;

import io.flocker.core.plan.Found;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Whether containers without a health check are ready: one accepted TCP connection is enough, and remembered. Where
/// HTTP is expected, an answer is ([HttpGate]).
final class Ports {
    private static final int CONNECT_MILLIS = 50;
    private static final long STEADY_NANOS = 1_000_000_000;

    /// What was there for so long before this process saw it serves already, as far as anybody knows. Asking takes
    /// time, and meanwhile its requests would wait.
    private static final long OLD_MILLIS = 3_000;

    private final HttpGate gate;
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final Map<String, String> expected = new ConcurrentHashMap<>();
    private final Map<String, Long> firstSeen = new ConcurrentHashMap<>();
    private final Set<String> open = ConcurrentHashMap.newKeySet();

    /// @param listener is told when a container may have become ready
    Ports(Runnable listener) {
        gate = new HttpGate(listener);
    }

    /// Remembers which ports (separated by commas) a container should listen on.
    void expect(String container, String ports) {
        expected.put(container, ports);
    }

    /// Remembers that a container just started is asked at this port, by HTTP.
    void ask(String container, int port, long startedAtMillis) {
        if (System.currentTimeMillis() - startedAtMillis < OLD_MILLIS) {
            asked.put(container, port);
        }
    }

    /// Whether the container answers, but with errors only.
    boolean bad(Found found) {
        return answer(found).filter(answer -> answer == HttpGate.Answer.BAD).isPresent();
    }

    private Optional<HttpGate.Answer> answer(Found found) {
        Integer port = asked.get(found.id());
        return port == null || found.address().isEmpty()
                ? Optional.empty()
                : Optional.of(gate.ask(found.id(), new InetSocketAddress(found.address(), port)));
    }

    /// The ports at which a container that does not answer is asked; none if it is not asked at
    /// all.
    List<Integer> unanswered(Found found) {
        String ports = expected.getOrDefault(found.id(), "");
        if (ports.isEmpty() || found.address().isEmpty() || open.contains(found.id())) {
            return List.of();
        }
        Integer http = asked.get(found.id());
        return http == null
                ? Stream.of(ports.split(",", -1)).map(Integer::valueOf).toList()
                : List.of(http);
    }

    void closed(String container) {
        open.remove(container);
        asked.remove(container);
        gate.over(container);
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
        Optional<HttpGate.Answer> answer = answer(found);
        if (answer.isPresent()) {
            if (answer.get() == HttpGate.Answer.GOOD) {
                open.add(found.id());
            }
            return answer.get() == HttpGate.Answer.GOOD;
        }
        boolean accepts = addresses(found.address(), ports).stream().anyMatch(Ports::accepts);
        if (accepts) {
            open.add(found.id());
        }
        return accepts;
    }

    /// Where a container listens once it serves.
    ///
    /// @param ports separated by commas; empty for none
    static List<InetSocketAddress> addresses(String address, String ports) {
        return address.isEmpty() || ports.isEmpty()
                ? List.of()
                : Stream.of(ports.split(",", -1))
                        .map(port -> new InetSocketAddress(address, Integer.parseInt(port)))
                        .toList();
    }

    /// Whether somebody takes a connection there now.
    static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
