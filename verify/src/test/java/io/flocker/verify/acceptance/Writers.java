package io.flocker.verify.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Watches how many containers run a program, on all nodes of a lab at once: by their processes, which are there to see
/// whatever their engines know of them.
final class Writers implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");
    private static final long PERIOD_MILLIS = 100;

    private final String mark;
    private final List<String> overlaps = new CopyOnWriteArrayList<>();
    private final Thread watch;
    private volatile boolean closed;

    /// @param mark a word of the program's command line that no other program has
    Writers(String mark) {
        this.mark = mark;
        watch = Thread.ofPlatform().name("writers").daemon().start(this::watch);
    }

    /// The looks that showed more than one since this was last asked.
    List<String> overlaps() {
        List<String> seen = List.copyOf(overlaps);
        overlaps.clear();
        return seen;
    }

    private void watch() {
        try {
            while (!closed) {
                look();
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | DirectoryIteratorException e) {
            overlaps.add("The look at processes failed: " + e);
        }
    }

    /// A look takes a while. Only what still runs after the last one was found ran at the same time.
    private void look() throws IOException {
        Map<String, Path> containers = new TreeMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (Path process : processes) {
                if (isWriter(process)) {
                    containers.put(namespace(process), process);
                }
            }
        }
        containers.remove("");
        if (containers.size() > 1) {
            List<String> together = new ArrayList<>();
            for (var container : containers.entrySet()) {
                if (isWriter(container.getValue())
                        && namespace(container.getValue()).equals(container.getKey())) {
                    together.add(container.getValue().getFileName() + " on " + node(container.getValue()));
                }
            }
            if (together.size() > 1) {
                overlaps.add(System.currentTimeMillis() + ": " + String.join(", ", together));
            }
        }
    }

    private boolean isWriter(Path process) {
        String line = read(process.resolve("cmdline"));
        return line.startsWith("httpd\0") && line.contains(mark);
    }

    /// Tells containers apart.
    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /// The engine's program above it is started with a path of its node's.
    private static String node(Path process) {
        Path above = process;
        for (int generation = 0; generation < 4; generation++) {
            String parent = read(above.resolve("status"))
                    .lines()
                    .filter(line -> line.startsWith("PPid:"))
                    .map(line -> line.substring(5).strip())
                    .findFirst()
                    .orElse("1");
            above = PROC.resolve(parent);
            String line = read(above.resolve("cmdline"));
            int at = line.indexOf("/lab/");
            if (at >= 0) {
                return line.substring(at + 5, line.indexOf('/', at + 5));
            }
        }
        return "a node that cannot be told";
    }

    /// Empty for a process that is gone.
    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
    }
}
