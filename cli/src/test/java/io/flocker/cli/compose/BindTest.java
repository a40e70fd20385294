package io.flocker.cli.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.VolumeSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders and files that come along with a Compose file.
final class BindTest {
    private static final String FOLDER = "services: {a: {image: a, volumes: ['./html:/www:ro']}}";

    @TempDir
    Path folder;

    @Test
    void makesAVolumeThatStartsAsACopyOfARelativeFolder() throws IOException, InterruptedException {
        String longName = "deep/".repeat(30) + "ü-file.txt";
        Project project = Project.of(folder, FOLDER)
                .file("html/index.html", "hello")
                .file("html/" + longName, "deep")
                .file("html/run.sh", "#!/bin/sh\n");
        assertThat(folder.resolve("html/run.sh").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(folder.resolve("html/link"), Path.of("index.html"));
        ApplicationSpec application = project.application();
        String name = application.volumes().firstKey();
        assertThat(name).startsWith("html-");
        assertThat(project.service("a").mounts()).containsExactly(new Mount.Volume(name, "/www", true));
        VolumeSpec volume = Objects.requireNonNull(application.volumes().get(name));
        Path out = Files.createDirectory(folder.resolve("out"));
        unpack(volume, out);
        assertThat(out.resolve("index.html")).hasContent("hello");
        assertThat(out.resolve(longName)).hasContent("deep");
        assertThat(out.resolve("run.sh")).isExecutable();
        assertThat(Files.readSymbolicLink(out.resolve("link"))).hasToString("index.html");
        Files.writeString(folder.resolve("html/index.html"), "hello");
        assertThat(project.application()).isEqualTo(application);
    }

    /// With the system's own tar, which is what will unpack it.
    private void unpack(VolumeSpec volume, Path into) throws IOException, InterruptedException {
        Path archive = folder.resolve("seed.tar.gz");
        Files.write(archive, Base64.getDecoder().decode(volume.seedBase64()));
        Process tar = new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", into.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(tar.exitValue()).isZero();
    }

    @Test
    void sharesOneVolumeAmongServicesThatBindTheSameFolder() {
        Project project = Project.of(
                        folder,
                        "services: {a: {image: a, volumes: ['./d:/x']}, b: {image: b, volumes: ['./e/../d/:/y']}}")
                .file("d/f", "x");
        assertThat(project.application().volumes()).hasSize(1);
    }

    @Test
    void makesAFileOfARelativeFile() {
        Project project = Project.of(folder, "services: {a: {image: a, volumes: ['./my.conf:/etc/my.conf:ro']}}")
                .file("my.conf", "x = 1");
        String file = project.application().files().firstKey();
        assertThat(project.service("a").mounts()).containsExactly(new Mount.File(file, "/etc/my.conf", "0444"));
        String content = Base64.getEncoder().encodeToString("x = 1".getBytes(StandardCharsets.UTF_8));
        assertThat(project.application().files()).containsEntry(file, new FileSpec(content, false));
    }

    @Test
    void refusesAFolderThatIsTooLarge() throws IOException {
        Project project = Project.of(folder, FOLDER).file("html/x", "");
        var noise = new byte[7_000_000];
        new SplittableRandom(1).nextBytes(noise);
        Files.write(folder.resolve("html/noise"), noise);
        assertThat(project.complaints())
                .singleElement()
                .asString()
                .contains("larger than")
                .contains("absolute path");
    }

    @Test
    void refusesAFileThatIsTooLarge() {
        Project project = Project.of(folder, "services: {a: {image: a, volumes: ['./dump.sql:/dump.sql']}}")
                .file("dump.sql", "x".repeat(FileSpec.MAX_BYTES + 1));
        assertThat(project.complaints()).singleElement().asString().contains("dump.sql has more than 1000000 bytes");
    }

    @Test
    void readsSecretsFromFilesAndNeverShowsThem() {
        Project project = Project.of(
                        folder, "services: {a: {image: a, secrets: [s]}}\nsecrets: {s: {file: secret.txt}}")
                .file("secret.txt", "hunter2");
        ApplicationSpec application = project.application();
        assertThat(List.of(application.toString(), ComposeWriter.write("p", application)))
                .allSatisfy(text -> assertThat(text).doesNotContain("hunter2").doesNotContain("aHVudGVyMg"));
    }
}
