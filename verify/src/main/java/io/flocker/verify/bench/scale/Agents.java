package io.flocker.verify.bench.scale;

import io.flocker.control.ca.Authority;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// So many simulated agents, each with a certificate of its own, connected to whoever leads.
final class Agents implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(15);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int CONNECTIONS_OF_AGENT = 3;

    private final Tally tally = new Tally();
    private final List<RemoteAgent> running = new ArrayList<>();

    /// Returns once all are connected.
    Agents(int count, Leaders leaders, Authority authority) throws IOException {
        for (int number = 1; number <= count; number++) {
            String node = ControlProgram.name(number);
            var agent = new RemoteAgent(node, leaders, authority.node(node, List.of("127.0.0.1")), tally);
            running.add(agent);
            agent.start();
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (tally.connections() < (long) CONNECTIONS_OF_AGENT * count) {
            if (System.nanoTime() > deadline) {
                close();
                throw new IOException("Only " + tally.connections() + " connections were made: " + tally);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    Tally tally() {
        return tally;
    }

    /// Whether each has got a lease for a report that it sent after `nanos`, by [System#nanoTime].
    boolean allLeasedSince(long nanos) {
        return running.stream().allMatch(agent -> agent.leasedNanos() > nanos);
    }

    @Override
    public void close() {
        running.forEach(RemoteAgent::close);
    }
}
