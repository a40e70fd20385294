package io.flocker.verify.bench.scale;

import io.flocker.client.Credentials;
import io.flocker.client.api.Report;
import io.flocker.core.delta.Assigned;
import io.flocker.core.delta.AssignmentDelta;
import io.flocker.core.plan.Assignment;
import io.flocker.core.plan.Offers;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.pcollections.TreePMap;

/// An agent that talks to the leader as real ones do, with three connections of its own certificate, and has done at
/// once whatever is asked of it. Of what the leader answers it keeps only what it needs: thousands share one heap.
final class RemoteAgent implements AutoCloseable {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int WAIT_MILLIS = 20_000;
    private static final byte[] NOTHING = {};

    private final String node;
    private final Leaders leaders;
    private final Credentials credentials;
    private final Tally tally;
    private final Semaphore news = new Semaphore(0);
    private volatile Assigned assigned = Assigned.NOTHING;
    private volatile long offers;
    private volatile Report report = DoneAtOnce.report(assigned, Offers.NONE);
    private volatile long leasedNanos = Long.MIN_VALUE;
    private volatile boolean closed;

    /// Of offers, what an agent says that it follows.
    private record Revision(long revision) {}

    /// What is done again and again.
    private interface Turn {
        void take(KeptConnection connection) throws IOException, InterruptedException;
    }

    RemoteAgent(String node, Leaders leaders, Credentials credentials, Tally tally) {
        this.node = node;
        this.leaders = leaders;
        this.credentials = credentials;
        this.tally = tally;
    }

    /// Connects, and goes on until it is closed.
    void start() {
        repeat("reports", this::report);
        repeat("assignments", this::follow);
        repeat("offers", this::followOffers);
    }

    private void repeat(String name, Turn turn) {
        Thread.ofVirtual().name(node + " " + name).start(() -> {
            while (!closed) {
                URI api = leaders.now();
                try (var connection = new KeptConnection(api, credentials, leaders.speaksFor(node))) {
                    tally.connected();
                    while (!closed) {
                        turn.take(connection);
                    }
                } catch (IOException e) {
                    tally.failed(String.valueOf(e.getMessage()));
                    leaders.isNot(api);
                    LockSupport.parkNanos(RETRY_NANOS);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    private void report(KeptConnection connection) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        byte[] answer = connection.exchange("POST", "/v2/agent/report", Json.bytes(report));
        boolean leased = Json.read(answer, Report.Answer.class).lease().millis() > 0;
        tally.heard(leased, System.nanoTime() - begun);
        leasedNanos = leased ? begun : leasedNanos;
        if (news.tryAcquire(begun + PERIOD_NANOS - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            news.drainPermits();
        }
    }

    /// When it sent the last report that was answered with a lease, by [System#nanoTime].
    long leasedNanos() {
        return leasedNanos;
    }

    private void follow(KeptConnection connection) throws IOException {
        byte[] answer = connection.exchange(
                "GET", "/v2/agent/assignment?since=" + assigned.revision() + "&wait=" + WAIT_MILLIS, NOTHING);
        AssignmentDelta next = Json.read(answer, AssignmentDelta.class);
        if (next.revision() > assigned.revision()) {
            Assigned now =
                    next.after(assigned).orElseThrow(() -> new IOException("Told what goes on from " + next.base()));
            assigned = new Assigned(now.revision(), withoutOthers(now.assignment()));
            tell();
        }
    }

    /// What an agent does; where all the others are would be in each of thousands.
    private static Assignment withoutOthers(Assignment all) {
        return new Assignment(
                all.node(), TreePMap.empty(), all.volumes(), all.instances(), all.images(), all.environments());
    }

    private void followOffers(KeptConnection connection) throws IOException {
        byte[] answer =
                connection.exchange("GET", "/v2/agent/offers?since=" + offers + "&wait=" + WAIT_MILLIS, NOTHING);
        long next = Json.readForeign(answer, Revision.class).revision();
        if (next > offers) {
            offers = next;
            tell();
        }
    }

    /// What it does not read of the offers changes nothing of what it says.
    private synchronized void tell() {
        report = DoneAtOnce.report(assigned, Offers.since(offers));
        news.release();
    }

    @Override
    public void close() {
        closed = true;
        news.release();
    }
}
