package io.flocker.verify.transfer;

import static org.awaitility.Awaitility.await;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Docker Engine of a test's own, without any network.
final class TestEngine implements AutoCloseable {
    private final Path folder;
    private final Process process;

    TestEngine(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        process = new ProcessBuilder(List.of(
                        "dockerd",
                        "-H",
                        socket().toString(),
                        "--data-root",
                        folder.resolve("data").toString(),
                        "--exec-root",
                        folder.resolve("exec").toString(),
                        "-p",
                        folder.resolve("pid").toString(),
                        "--bridge=none",
                        "--iptables=false",
                        "--ip6tables=false"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> command("version").end().exitCode() == 0);
    }

    URI socket() {
        return URI.create("unix://" + folder.resolve("docker.sock"));
    }

    Program command(String... arguments) {
        List<String> words = new ArrayList<>(List.of("docker", "-H", socket().toString()));
        words.addAll(List.of(arguments));
        return Program.of(words.toArray(String[]::new));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            process.waitFor(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String mounted = line.split(" ", -1)[1];
            if (mounted.startsWith(folder + "/")) {
                Program.of("umount", "-l", mounted).end();
            }
        }
    }
}
