package io.flocker.agent.proxy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// HAProxy's processes for one directory: a master, the worker that takes new connections and older workers that
/// finish theirs. In a session of their own, so that they live on without the JVM.
record ProxyProcess(ProxyFiles files) {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final long LEAST_REST_NANOS = 2_000_000;
    private static final long MOST_REST_NANOS = 50_000_000;
    private static final long MOST_OUTPUT_BYTES = 1 << 20;
    private static final int SHOWN_OUTPUT = 2_000;

    /// Whether the master lives.
    boolean alive() {
        return pid().isPresent();
    }

    /// The master's process id; empty if it does not live.
    OptionalLong pid() {
        try {
            long pid = Long.parseLong(Files.readString(files.pid()).strip());
            return ours(Path.of("/proc/" + pid)) ? OptionalLong.of(pid) : OptionalLong.empty();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /// Starts HAProxy with the configuration there is. Workers without a master finish what they have and end.
    Process start() throws IOException {
        for (ProcessHandle orphan : processes()) {
            signal(orphan, "-USR1");
        }
        Files.deleteIfExists(files.pid());
        var builder = new ProcessBuilder(
                "setsid",
                "haproxy",
                "-W",
                "-S",
                files.masterSocket() + ",mode,600",
                "-f",
                files.config().toString(),
                "-p",
                files.pid().toString());
        builder.environment().put("LC_ALL", "C");
        builder.redirectInput(new File("/dev/null"));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(files.output().toFile()));
        return builder.start();
    }

    /// Keeps the output from growing: HAProxy writes a line for every server that comes or goes.
    void limitOutput() throws IOException {
        if (Files.exists(files.output()) && Files.size(files.output()) > MOST_OUTPUT_BYTES) {
            Files.write(files.output(), new byte[0]);
        }
    }

    /// The end of what HAProxy wrote.
    String lastOutput() throws IOException {
        if (!Files.exists(files.output())) {
            return "";
        }
        String output = new String(Files.readAllBytes(files.output()), StandardCharsets.UTF_8);
        return output.substring(Math.max(0, output.length() - SHOWN_OUTPUT)).strip();
    }

    /// Ends all of them and every connection, and waits until they are gone.
    void stop() throws IOException {
        List<ProcessHandle> processes = processes();
        processes.forEach(ProcessHandle::destroy);
        if (!waitUntil(STOP_LIMIT, () -> processes().isEmpty())) {
            processes().forEach(ProcessHandle::destroyForcibly);
            if (!waitUntil(STOP_LIMIT, () -> processes().isEmpty())) {
                throw new IOException("HAProxy of " + files.directory() + " could not be ended: " + processes());
            }
        }
        for (Path file : List.of(files.pid(), files.masterSocket(), files.adminSocket(), files.gateSocket())) {
            Files.deleteIfExists(file);
        }
    }

    /// Looks every few milliseconds, less often the longer it takes: what is waited for needs the processor as well.
    static boolean waitUntil(Duration limit, BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long waited = System.nanoTime() - begun;
            if (waited > limit.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(Math.clamp(waited / 8, LEAST_REST_NANOS, MOST_REST_NANOS));
        }
        return true;
    }

    List<ProcessHandle> processes() {
        var found = new ArrayList<ProcessHandle>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (ours(process)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return found;
    }

    /// Another node's proxy on this machine may have the same command line but sees another file by that path.
    /// A zombie has no command line.
    private boolean ours(Path process) {
        try {
            var words = List.of(Files.readString(process.resolve("cmdline")).split("\0", -1));
            Path config = files.config();
            return words.get(0).endsWith("haproxy")
                    && words.contains(config.toString())
                    && words.contains("-W")
                    && Files.isSameFile(
                            config,
                            process.resolve("root").resolve(config.toString().substring(1)));
        } catch (IOException e) {
            return false;
        }
    }

    private static void signal(ProcessHandle process, String signal) throws IOException {
        try {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
