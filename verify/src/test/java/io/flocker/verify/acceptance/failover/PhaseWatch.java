package io.flocker.verify.acceptance.failover;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import io.flocker.lab.LabNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Looks at a leader's operations, one of which is about to begin, many times a second, and kills the leader's daemon
/// as soon as that is in some phase.
final class PhaseWatch {
    private static final List<String> PHASES = List.of("prepare", "stop", "switch", "start", "undo", "clean_up", "end");

    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long LIMIT_SECONDS = 60;
    private static final long REST_MILLIS = 2;

    private final LabNode leader;
    private final String phase;
    private final Set<String> before;
    private final FutureTask<String> watching;

    private PhaseWatch(LabNode leader, String phase) throws IOException, InterruptedException {
        this.leader = leader;
        this.phase = phase;
        before = operations().stream().map(Status.Operation::id).collect(Collectors.toSet());
        Callable<String> watch = this::watch;
        watching = new FutureTask<>(watch);
        Thread.ofVirtual().start(watching);
    }

    static PhaseWatch of(LabNode leader, String phase) throws IOException, InterruptedException {
        return new PhaseWatch(leader, phase);
    }

    private List<Status.Operation> operations() throws IOException, InterruptedException {
        try (FlockerClient client = FlockerClient.local(leader.root().resolve("run/flocker/api.sock"))) {
            return client.get("/v2/operations", Answers.Operations.class, ANSWER)
                    .operations();
        }
    }

    private String watch() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (System.nanoTime() < deadline) {
            Optional<Status.Operation> begun = operations().stream()
                    .filter(operation -> !before.contains(operation.id()))
                    .findFirst();
            if (begun.isPresent() && isReached(begun.get())) {
                leader.kill(LabNode.Part.DAEMON);
                return begun.get().phase();
            }
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
        }
        throw new IOException("No operation has come to phase " + phase + " within " + LIMIT_SECONDS + " s");
    }

    private boolean isReached(Status.Operation operation) {
        return !operation.state().equals("running") || PHASES.indexOf(operation.phase()) >= PHASES.indexOf(phase);
    }

    /// Waits until the leader is killed.
    ///
    /// @return the phase that was seen, which is a later one if the other was over too soon
    String seen() throws IOException, InterruptedException {
        try {
            return watching.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        }
    }
}
