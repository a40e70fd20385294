package io.flocker.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A registry of images that every node of a lab trusts, at the bridge's own address.
final class LabRegistry {
    private static final int PORT = 5000;

    private final Path folder;
    private final String address;

    /// @param host the bridge's address
    LabRegistry(Path folder, String host) {
        this.folder = folder;
        address = at(host);
    }

    /// As images are named after it.
    static String at(String host) {
        return host + ":" + PORT;
    }

    void start() throws IOException {
        if (process().isPresent()) {
            return;
        }
        Files.createDirectories(folder.resolve("images"));
        Path settings = folder.resolve("registry.yml");
        Files.writeString(settings, """
                version: 0.1
                log: {level: warn}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http: {addr: "%s"}
                """.formatted(folder.resolve("images"), address));
        Process registry = new ProcessBuilder("docker-registry", "serve", settings.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("registry.out").toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        Files.writeString(pidFile(), Long.toString(registry.pid()));
    }

    private Path pidFile() {
        return folder.resolve("registry.pid");
    }

    private Optional<ProcessHandle> process() throws IOException {
        if (!Files.exists(pidFile())) {
            return Optional.empty();
        }
        long pid = Long.parseLong(
                Files.readString(pidFile(), StandardCharsets.US_ASCII).strip());
        return ProcessHandle.of(pid)
                .filter(process -> process.info().command().orElse("").endsWith("docker-registry"));
    }

    void stop() throws IOException {
        process().ifPresent(ProcessHandle::destroy);
    }
}
