package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the health check of a container that has just started, soon and then ever less often, until it passes once;
/// and at once when the container begins to listen on one of its ports.
///
/// The engine runs a check for the first time a whole interval after the start. Clients may be held until it passes:
/// an interval of ten seconds, as many files have it, must not make a move or an upgrade ten seconds long. What a check
/// means stays as it is: one that passes makes the container healthy, and only the engine calls it unhealthy.
final class EarlyChecks {
    private static final Logger log = LoggerFactory.getLogger(EarlyChecks.class);

    /// How many run at once: a check costs more than a container that only waits.
    private static final int AT_ONCE = 2;

    private static final Cadence CHECKED = new Cadence(100, 2, 5_000);

    /// A connection costs next to nothing.
    private static final Cadence KNOCKED = new Cadence(10, 10, 100);

    private static final long LIMIT_MILLIS = 30_000;

    private final DockerClient docker;
    private final Runnable listener;
    private final Semaphore places = new Semaphore(AT_ONCE, true);
    private final Map<String, Check> checks = new ConcurrentHashMap<>();

    /// @param listener is told whenever a check has passed
    EarlyChecks(DockerClient docker, Runnable listener) {
        this.docker = docker;
        this.listener = listener;
    }

    /// A container's, until it has left its starting state.
    private static final class Check {
        private final List<InetSocketAddress> ports;
        private volatile boolean passed;
        private volatile boolean over;

        private Check(List<InetSocketAddress> ports) {
            this.ports = ports;
        }

        private boolean listens() {
            return ports.stream().anyMatch(Ports::accepts);
        }
    }

    /// The engine calls the container starting: begins to check it, if it is new.
    ///
    /// @param ports where it should listen once it serves
    void starting(InspectContainerResponse container, List<InetSocketAddress> ports) {
        String id = container.getId();
        var health = container.getConfig().getHealthcheck();
        Optional<List<String>> command =
                command(health == null || health.getTest() == null ? List.of() : health.getTest());
        if (command.isEmpty() || checks.containsKey(id)) {
            return;
        }
        var check = new Check(ports);
        checks.put(id, check);
        Thread.ofVirtual().name("check " + id).start(() -> run(id, command.get(), check));
    }

    boolean passed(String container) {
        Check check = checks.get(container);
        return check != null && check.passed;
    }

    /// The container is not starting any more, or gone.
    void over(String container) {
        Check check = checks.remove(container);
        if (check != null) {
            check.over = true;
        }
    }

    private static Optional<List<String>> command(List<String> test) {
        if (test.size() < 2) {
            return Optional.empty();
        }
        return switch (test.getFirst()) {
            case "CMD" -> Optional.of(test.subList(1, test.size()));
            case "CMD-SHELL" -> Optional.of(List.of("/bin/sh", "-c", test.get(1)));
            default -> Optional.empty();
        };
    }

    private void run(String container, List<String> command, Check check) {
        try {
            long begun = System.nanoTime();
            boolean listens = check.listens();
            while (!check.over) {
                if (!listens && listensWithin(CHECKED.restMillis(begun), begun, check)) {
                    listens = true;
                    begun = System.nanoTime();
                } else if (listens) {
                    TimeUnit.MILLISECONDS.sleep(CHECKED.restMillis(begun));
                }
                places.acquire();
                try {
                    if (!check.over && passes(container, command)) {
                        check.passed = true;
                        listener.run();
                        return;
                    }
                } finally {
                    places.release();
                }
            }
        } catch (DockerException | IOException e) {
            // It ended, it hangs in its check, or the engine went away: the engine's own checks tell the rest.
            log.atDebug()
                    .addKeyValue("container", container)
                    .addKeyValue("reason", EngineFailure.reason(e))
                    .log("An early check ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Whether it begins to listen within so many milliseconds; they pass if it does not.
    private static boolean listensWithin(long millis, long begun, Check check) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = deadline - System.nanoTime(); left > 0 && !check.over; left = deadline - System.nanoTime()) {
            long rest = TimeUnit.MILLISECONDS.toNanos(KNOCKED.restMillis(begun));
            TimeUnit.NANOSECONDS.sleep(Math.min(rest, left));
            if (check.listens()) {
                return true;
            }
        }
        return false;
    }

    private boolean passes(String container, List<String> command) throws IOException, InterruptedException {
        String exec = docker.execCreateCmd(container)
                .withCmd(command.toArray(String[]::new))
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec()
                .getId();
        try (var output = docker.execStartCmd(exec).exec(new ResultCallback.Adapter<Frame>())) {
            if (!output.awaitCompletion(LIMIT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("it does not end");
            }
        }
        Long code = docker.inspectExecCmd(exec).exec().getExitCodeLong();
        return code != null && code == 0;
    }
}
