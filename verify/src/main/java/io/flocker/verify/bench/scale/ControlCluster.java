package io.flocker.verify.bench.scale;

import io.flocker.client.Credentials;
import io.flocker.control.ca.Authority;
import io.flocker.verify.bench.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Control planes that share a log, each in a process of its own, and the authority of their certificates. Closed, it
/// leaves nothing.
final class ControlCluster implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Path folder = Files.createTempDirectory(Path.of("/var/tmp"), "flocker-scale-");
    private final Authority authority = Authority.create(folder.resolve("ca"));
    private final Credentials admin = authority.user("admin");
    private final List<Ports> ports = new ArrayList<>();
    private final List<ControlProcess> running = new ArrayList<>();

    /// Where a member listens on the loopback address.
    record Ports(int api, int log) {}

    /// @param nodes that it knows, each with a volume; the first ones have the members
    ControlCluster(int members, int nodes) throws IOException, InterruptedException {
        for (int member = 1; member <= members; member++) {
            ports.add(new Ports(FreePort.find(), FreePort.find()));
        }
        // One alone does not get ready: they need each other to elect a leader.
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ControlProcess>> starting = IntStream.rangeClosed(1, members)
                    .<Callable<ControlProcess>>mapToObj(
                            member -> () -> new ControlProcess(folder, nodes, member, ports, admin))
                    .toList();
            for (Future<ControlProcess> started : starters.invokeAll(starting)) {
                running.add(started.get());
            }
        } catch (ExecutionException e) {
            close();
            throw new IOException(String.valueOf(e.getCause()), e);
        }
    }

    Authority authority() {
        return authority;
    }

    Leaders leaders() {
        return new Leaders(ports.stream()
                .map(each -> URI.create("https://127.0.0.1:" + each.api()))
                .toList());
    }

    /// The member that leads, once one does.
    ControlProcess leader() throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            for (ControlProcess member : running) {
                if (member.leads()) {
                    return member;
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IOException("None of " + running.size() + " control planes came to lead");
    }

    /// Ends a member as a machine does that loses its power.
    void kill(ControlProcess member) {
        running.remove(member);
        member.close();
    }

    /// Starts a member that was killed; it has the log that it had.
    void startAgain(ControlProcess killed) throws IOException {
        running.add(new ControlProcess(folder, 0, killed.member(), ports, admin));
    }

    @Override
    public void close() throws IOException {
        running.forEach(ControlProcess::close);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
