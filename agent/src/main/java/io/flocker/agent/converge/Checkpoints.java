package io.flocker.agent.converge;

import io.flocker.agent.engine.ContainerEngine;
import io.flocker.agent.engine.EngineFailure;
import io.flocker.agent.volume.VolumeDriver;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Requests.Meet.Phase;
import io.flocker.core.cut.Cut;
import io.flocker.core.cut.Meeting;
import io.flocker.core.model.SnapshotId;
import io.flocker.core.plan.Step.TakeSnapshots;
import io.flocker.core.plan.Step.TakeSnapshots.Quiesce;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a node's part of a checkpoint, at the same moment as the other nodes take theirs ([Meeting]): write out
/// what is in memory, have services quiesce, wait until all nodes are ready, freeze, take the snapshots, thaw once
/// these are settled and all nodes are frozen. What was taken by a node that does not hear so in time is deleted again.
/// A checkpoint is there when its snapshots are on disk; nobody stands still for that.
final class Checkpoints {
    private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);

    /// How long one request waits for the other nodes to be ready.
    static final long WAIT_MILLIS = 5_000;

    /// How long containers stand still at most for a disk that does not take what they wrote last.
    private static final long SETTLE_MILLIS = 10_000;

    private static final int LEFT_TRIES = 30;
    private static final long LEFT_PAUSE_MILLIS = 1_000;

    private final ContainerEngine engine;
    private final VolumeDriver volumes;
    private final Meetings meetings;
    private final Starts starts;
    private final Quiesced quiesced;
    /// Until then services may have to go on that an earlier agent had quiesce.
    private final CountDownLatch begins = new CountDownLatch(1);

    /// Where nodes meet: the leader.
    interface Meetings {
        /// Comes, and waits a few seconds for the others.
        Answers.Met come(Requests.Meet request) throws IOException, InterruptedException;
    }

    Checkpoints(ContainerEngine engine, VolumeDriver volumes, Meetings meetings, Starts starts, Quiesced quiesced) {
        this.engine = engine;
        this.volumes = volumes;
        this.meetings = meetings;
        this.starts = starts;
        this.quiesced = quiesced;
    }

    /// Takes all snapshots of `step`, or none.
    ///
    /// @return how long its containers stood still, in microseconds
    /// @throws EngineFailure a lasting one, if a service does not quiesce
    long take(TakeSnapshots step, Cut cut) throws IOException, InterruptedException {
        if (!cut.concernsWriters()) {
            return takeRunning(step);
        }
        // One snapshot alone is of one moment anyway.
        boolean freezes = cut.spansNodes() || step.snapshots().size() > 1;
        if (freezes || !step.quiesce().isEmpty()) {
            volumes.flush(step.snapshots().stream().map(SnapshotId::volume).toList());
        }
        var begun = new ConcurrentSkipListSet<String>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                quiesce(step, cut, begun, threads);
                if (!freezes) {
                    return takeRunning(step);
                }
                return starts.without(cut.environment(), () -> {
                    ContainerEngine.Standstill standstill = engine.standstill(cut.environment());
                    if (cut.spansNodes()) {
                        gather(cut);
                    }
                    return takeFrozen(step, cut, standstill, threads);
                });
            } finally {
                goOn(step, begun, threads);
            }
        }
    }

    private long takeRunning(TakeSnapshots step) throws IOException {
        for (SnapshotId snapshot : step.snapshots()) {
            volumes.snapshot(snapshot);
        }
        return 0;
    }

    private void quiesce(TakeSnapshots step, Cut cut, ConcurrentSkipListSet<String> begun, ExecutorService threads)
            throws IOException, InterruptedException {
        if (!step.quiesce().isEmpty()) {
            begins.await();
        }
        List<Future<?>> running = new ArrayList<>();
        try {
            try {
                for (Quiesce service : step.quiesce()) {
                    if (!service.commands().before().isEmpty()) {
                        quiesced.add(service);
                        begun.add(service.service());
                        running.add(threads.submit(() -> {
                            run(service, service.commands().before(), "before the checkpoint");
                            return service;
                        }));
                    }
                }
            } finally {
                awaitAll(running);
            }
        } catch (IOException e) {
            if (cut.spansNodes()) {
                meetings.come(new Requests.Meet(cut, Phase.FAILED, String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }

    private void run(Quiesce service, List<String> command, String when) throws IOException, InterruptedException {
        String what = "service " + service.service() + "'s command " + when + " (" + String.join(" ", command) + ")";
        ContainerEngine.Ran ran =
                engine.run(service.container(), command, service.commands().timeoutMillis());
        if (ran.exitCode().isEmpty()) {
            throw EngineFailure.of(
                    what + " did not end within " + service.commands().timeoutMillis() / 1_000.0
                            + " s and was killed; mend it, or give it longer (x-flocker.quiesce.timeout)",
                    true);
        }
        if (ran.exitCode().getAsInt() != 0) {
            throw EngineFailure.of(
                    what + " ended with exit code " + ran.exitCode().getAsInt()
                            + (ran.output().isBlank() ? "" : ": " + ran.output().strip()),
                    true);
        }
    }

    private static void awaitAll(List<? extends Future<?>> running) throws IOException, InterruptedException {
        IOException failed = null;
        for (Future<?> each : running) {
            try {
                each.get();
            } catch (ExecutionException e) {
                failed = e.getCause() instanceof IOException io ? io : new IOException(String.valueOf(e.getCause()), e);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /// Whoever has quiesced goes on, side by side, whatever became of the checkpoint.
    private void goOn(TakeSnapshots step, ConcurrentSkipListSet<String> begun, ExecutorService threads) {
        for (Quiesce service : step.quiesce()) {
            if (begun.contains(service.service()) || service.commands().before().isEmpty()) {
                threads.execute(() -> goOn(service));
            }
        }
    }

    /// Its command is run once, however it ends; it is remembered only if the engine could not be asked.
    private void goOn(Quiesce service) {
        try {
            try {
                if (!service.commands().after().isEmpty()) {
                    run(service, service.commands().after(), "after the checkpoint");
                }
            } catch (EngineFailure e) {
                if (!e.lasting()) {
                    throw e;
                }
                tell(service, e);
            }
            quiesced.remove(service);
        } catch (IOException e) {
            tell(service, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void tell(Quiesce service, IOException e) {
        log.atWarn()
                .addKeyValue("service", service.service())
                .addKeyValue("reason", e.getMessage())
                .log("A service may not have gone on after a checkpoint");
    }

    /// What had quiesced when an agent died goes on, once what it was asked has ended or had its time; nothing is asked
    /// to quiesce before. The engine may still be starting.
    void goOnLeft() throws InterruptedException {
        try {
            for (Quiesce service : quiesced.left()) {
                while (!quiesced.isOver(service, System.currentTimeMillis())) {
                    TimeUnit.MILLISECONDS.sleep(LEFT_PAUSE_MILLIS);
                }
            }
            for (int tries = 0; tries < LEFT_TRIES && !quiesced.left().isEmpty(); tries++) {
                if (tries > 0) {
                    TimeUnit.MILLISECONDS.sleep(LEFT_PAUSE_MILLIS);
                }
                quiesced.left().forEach(this::goOn);
            }
            // Their containers are gone, or the engine does not answer: each was told.
            for (Quiesce service : quiesced.left()) {
                quiesced.remove(service);
            }
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("reason", e.getMessage())
                    .log("It is not known which services must go on after a checkpoint");
        } finally {
            begins.countDown();
        }
    }

    /// Waits until all nodes are ready to freeze.
    private void gather(Cut cut) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(cut.patienceMillis());
        while (true) {
            Answers.Met met = meetings.come(new Requests.Meet(cut, Phase.READY, ""));
            switch (met.verdict()) {
                case GO -> {
                    return;
                }
                case OVER -> throw new IOException(met.reason());
                case WAIT -> {
                    if (System.nanoTime() > deadline) {
                        throw new IOException(met.reason());
                    }
                }
            }
        }
    }

    private long takeFrozen(TakeSnapshots step, Cut cut, ContainerEngine.Standstill standstill, ExecutorService threads)
            throws IOException {
        List<Taking> all = new ArrayList<>();
        try {
            long micros = standstill.during(() -> {
                long frozenAt = System.nanoTime();
                Future<Answers.Met> others = cut.spansNodes()
                        ? threads.submit(() -> meetings.come(new Requests.Meet(cut, Phase.FROZEN, "")))
                        : threads.submit(() -> new Answers.Met(Meeting.Verdict.GO, ""));
                step.snapshots().forEach(snapshot -> all.add(taking(snapshot, threads)));
                for (Taking each : all) {
                    await(each.settled(), frozenAt + TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS) - System.nanoTime());
                }
                require(others, frozenAt + TimeUnit.MILLISECONDS.toNanos(Meeting.THAW_MILLIS));
            });
            for (Taking each : all) {
                await(each.durable(), Long.MAX_VALUE);
            }
            // By this the leader knows that they are of one moment, however short it was.
            return Math.max(1, micros);
        } catch (IOException e) {
            for (Taking each : all) {
                each.awaitEnd();
            }
            for (SnapshotId snapshot : step.snapshots()) {
                volumes.deleteSnapshot(snapshot);
            }
            throw e;
        }
    }

    /// A snapshot that is being taken.
    ///
    /// @param settled done when nothing written later can be in it: containers need not stand still any longer
    /// @param durable done when it is on disk
    private record Taking(CompletableFuture<SnapshotId> settled, CompletableFuture<SnapshotId> durable) {
        void awaitEnd() {
            durable.exceptionally(_ -> null).join();
        }
    }

    private Taking taking(SnapshotId snapshot, ExecutorService threads) {
        var settled = new CompletableFuture<SnapshotId>();
        var durable = new CompletableFuture<SnapshotId>();
        threads.execute(() -> {
            try {
                volumes.snapshot(snapshot, Optional.of(() -> settled.complete(snapshot)));
                durable.complete(snapshot);
            } catch (IOException | RuntimeException e) {
                settled.completeExceptionally(e);
                durable.completeExceptionally(e);
            }
        });
        return new Taking(settled, durable);
    }

    private static void await(Future<SnapshotId> snapshot, long nanos) throws IOException {
        try {
            snapshot.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IOException(
                    "A snapshot was not taken within " + SETTLE_MILLIS
                            + " ms in which its containers stood still; see whether the pool's disk is busy or failing",
                    e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Stopped while taking a checkpoint", e);
        }
    }

    private static void require(Future<Answers.Met> others, long deadlineNanos) throws IOException {
        try {
            Answers.Met met = others.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (met.verdict() != Meeting.Verdict.GO) {
                throw new IOException(met.reason());
            }
        } catch (TimeoutException e) {
            others.cancel(true);
            throw new IOException(
                    "The leader did not say within " + Meeting.THAW_MILLIS + " ms that all nodes stand still", e);
        } catch (ExecutionException e) {
            throw new IOException("The leader could not be asked whether all nodes stand still: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Stopped while taking a checkpoint", e);
        }
    }
}
