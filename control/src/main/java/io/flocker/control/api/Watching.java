package io.flocker.control.api;

import io.flocker.control.log.ClusterLog;
import io.flocker.control.watch.Watcher;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.model.Environment;
import io.flocker.core.spec.UpgradeSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the [Watcher] look while this node leads, and does for it what users' requests do.
final class Watching implements Watcher.Edges, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Watching.class);

    /// Registries that are asked at once: one that lets it wait must not hold up the others.
    private static final int MAX_QUESTIONS = 8;

    private static final long PERIOD_MILLIS = 500;
    private static final Duration CLOSE = Duration.ofSeconds(2);

    private static final int CHANGED_SINCE = 412;

    private final Decisions decisions;
    private final Upgrades upgrades;
    private final Watcher watcher;
    private final ExecutorService questions =
            Executors.newFixedThreadPool(MAX_QUESTIONS, Thread.ofVirtual().factory());
    private final Thread thread;
    private volatile boolean closed;

    Watching(Decisions decisions, Upgrades upgrades) {
        this.decisions = decisions;
        this.upgrades = upgrades;
        watcher = new Watcher(this, questions, System::currentTimeMillis, RandomGenerator.getDefault());
        thread = Thread.ofVirtual().name("watch").unstarted(this::run);
    }

    /// Begins to look.
    void start() {
        thread.start();
    }

    Watcher watcher() {
        return watcher;
    }

    private void run() {
        while (!closed) {
            try {
                watcher.look();
            } catch (RuntimeException e) {
                if (!closed) {
                    log.atError().setCause(e).log("Looking for what was pushed failed; it goes on");
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS));
        }
    }

    @Override
    public long term() {
        return decisions.plane().map(plane -> plane.log().leads()).orElse(ClusterLog.NOT);
    }

    @Override
    public ClusterState state() {
        return decisions.state();
    }

    @Override
    public String digest(String environment, String image) throws IOException, InterruptedException {
        try {
            return upgrades.digest(environment, image);
        } catch (Refusal e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public boolean upgrade(String name, String service, String digest) throws IOException, InterruptedException {
        Optional<Environment> environment = decisions.state().environment(name);
        if (environment.isEmpty()) {
            return false;
        }
        try {
            Upgrades.Target target = upgrades.target(environment.get(), Map.of(service, ""), _ -> digest);
            decisions.decide(upgrades.command(UpgradeSpec.WATCHER, environment.get(), target, 0));
            return true;
        } catch (Refusal e) {
            boolean busy = decisions.state().running(name).isPresent();
            if (busy || e.problem().status() == CHANGED_SINCE) {
                return false;
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        questions.shutdownNow();
        try {
            if (!thread.join(CLOSE) || !questions.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("A question to a registry goes on while the daemon ends");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
