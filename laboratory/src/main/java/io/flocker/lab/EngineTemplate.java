package io.flocker.lab;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// An engine's folder with images in it, made once a machine by a real engine: importing the images into each engine of
/// a lab takes longer than everything else. Layers are shared by hard links, as no engine ever changes them.
final class EngineTemplate {
    private static final Path CACHE = Path.of("/var/cache/flocker/engines");
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int KEY_DIGITS = 16;
    private static final int KEPT = 5;

    /// What each engine has of its own: its identity, its networks and what runs.
    private static final List<String> OWN = List.of("network", "containerd", "containers", "engine-id", "runtimes");

    private final Path folder;

    private EngineTemplate(Path folder) {
        this.folder = folder;
    }

    /// The one with these images; made if it is not there yet.
    static EngineTemplate of(List<Lab.Image> images) throws IOException, InterruptedException {
        var template = new EngineTemplate(CACHE.resolve(key(images)));
        if (!Files.isDirectory(template.folder)) {
            template.make(images);
        }
        return template;
    }

    private static String key(List<Lab.Image> images) throws IOException {
        var text = new StringBuilder(Program.of("dockerd", "--version").run());
        for (Lab.Image image : images) {
            text.append(image).append(' ').append(Files.getLastModifiedTime(image.file()));
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, KEY_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void make(List<Lab.Image> images) throws IOException, InterruptedException {
        Files.createDirectories(CACHE);
        Path work = Files.createTempDirectory(CACHE, ".making-");
        try {
            fill(work, images);
            for (String own : OWN) {
                LabNode.deleteTree(work.resolve("docker").resolve(own));
            }
            removeOld(work);
            Files.move(work.resolve("docker"), folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            // Another lab may have made it meanwhile.
            if (!Files.isDirectory(folder)) {
                throw new IOException("The engines' template could not be put at " + folder + ": " + e.getMessage(), e);
            }
        } finally {
            LabNode.deleteTree(work);
        }
    }

    private static void fill(Path work, List<Lab.Image> images) throws IOException, InterruptedException {
        String socket = "unix://" + work.resolve("docker.sock");
        Process engine = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "dockerd",
                        "-H",
                        socket,
                        "--bridge",
                        "none",
                        "--iptables=false",
                        "--data-root",
                        work.resolve("docker").toString(),
                        "--exec-root",
                        work.resolve("exec").toString(),
                        "-p",
                        work.resolve("dockerd.pid").toString())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("dockerd.out").toFile())
                .start();
        try {
            LabNode.await(
                    "an engine to import images into",
                    () -> Program.of("docker", "-H", socket, "version").end().exitCode() == 0);
            for (Lab.Image image : images) {
                image.importInto(socket);
            }
        } finally {
            engine.destroy();
            engine.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /// Of images as they were long before. Those that labs beside this one may use stay.
    private static void removeOld(Path work) throws IOException {
        List<Path> newestFirst;
        try (Stream<Path> present = Files.list(CACHE)) {
            newestFirst = present.filter(other -> !other.equals(work))
                    .sorted(Comparator.comparing((Path other) -> other.toFile().lastModified())
                            .reversed())
                    .toList();
        }
        for (Path old : newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
            LabNode.deleteTree(old);
        }
    }

    /// Makes the folder of a new engine.
    void copyTo(Path dataRoot) throws IOException {
        Files.createDirectories(dataRoot);
        List<String> others = new ArrayList<>();
        try (Stream<Path> parts = Files.list(folder)) {
            for (Path part : parts.toList()) {
                if (part.endsWith("overlay2")) {
                    copy(part, dataRoot);
                } else {
                    others.add(part.toString());
                }
            }
        }
        List<String> command = new ArrayList<>(List.of("cp", "-a", "-t", dataRoot.toString()));
        command.addAll(others);
        Program.of(command.toArray(String[]::new)).within(PATIENCE).run();
    }

    /// With hard links, unless it is on another file system.
    private static void copy(Path layers, Path dataRoot) throws IOException {
        boolean linked = Program.of("cp", "-a", "-l", layers.toString(), dataRoot.toString())
                        .within(PATIENCE)
                        .end()
                        .exitCode()
                == 0;
        if (!linked) {
            LabNode.deleteTree(dataRoot.resolve(layers.getFileName()));
            Program.of("cp", "-a", layers.toString(), dataRoot.toString())
                    .within(PATIENCE)
                    .run();
        }
    }
}
