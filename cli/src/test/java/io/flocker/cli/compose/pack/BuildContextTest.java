package io.flocker.cli.compose.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The archive of a build's context, as the real `tar` reads it.
final class BuildContextTest {
    @TempDir
    Path root;

    private Path folder;

    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectories(root.resolve("app"));
        write("Dockerfile", "FROM scratch\n");
        write("src/main.sh", "echo hello\n");
        write("logs/today.log", "noise");
        Files.setPosixFilePermissions(folder.resolve("src/main.sh"), PosixFilePermissions.fromString("rwxr-x---"));
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
    }

    private BuildContext context() throws IOException {
        return BuildContext.of(folder, "Dockerfile");
    }

    private Path unpacked() throws IOException {
        Path archive = root.resolve("context.tar");
        try (InputStream in = context().open()) {
            Files.write(archive, in.readAllBytes());
        }
        assertThat(Files.size(archive)).isEqualTo(context().bytes());
        Path out = Files.createDirectories(root.resolve("out"));
        Program.of("tar", "-xpf", archive.toString(), "-C", out.toString()).run();
        return out;
    }

    @Test
    void holdsFilesWithTheirModes() throws IOException {
        Path out = unpacked();
        assertThat(out.resolve("src/main.sh")).hasContent("echo hello\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve("src/main.sh"))))
                .isEqualTo("rwxr-x---");
        assertThat(out.resolve("logs/today.log")).hasContent("noise");
    }

    @Test
    void holdsLongNamesAndFilesOfEverySize() throws IOException {
        String name = "d".repeat(90) + "/é" + "f".repeat(90) + ".txt";
        write(name, "x".repeat(512));
        write("empty", "");
        write("large", "0123456789".repeat(30_000));
        Path out = unpacked();
        assertThat(out.resolve(name)).hasContent("x".repeat(512));
        assertThat(out.resolve("empty")).isEmptyFile();
        assertThat(out.resolve("large")).hasSameTextualContentAs(folder.resolve("large"));
    }

    @Test
    void keepsLinksAndDoesNotFollowThem() throws IOException {
        Files.writeString(root.resolve("secret"), "out of the context");
        Files.createSymbolicLink(folder.resolve("outside"), Path.of("../secret"));
        Files.createSymbolicLink(folder.resolve("up"), Path.of(".."));
        Path out = unpacked();
        assertThat(Files.readSymbolicLink(out.resolve("outside"))).isEqualTo(Path.of("../secret"));
        assertThat(Files.readSymbolicLink(out.resolve("up"))).isEqualTo(Path.of(".."));
        assertThat(context().size()).isEqualTo(7);
    }

    @Test
    void leavesOutWhatIsIgnoredButNotTheDockerfile() throws IOException {
        write(".dockerignore", "*\n!src\n");
        Path out = unpacked();
        assertThat(out.resolve("logs")).doesNotExist();
        assertThat(out.resolve("src/main.sh")).exists();
        assertThat(out.resolve("Dockerfile")).exists();
        write("Dockerfile.dockerignore", "src");
        assertThat(context().size()).isEqualTo(5);
    }

    @Test
    void isTheSameForTheSameFiles() throws IOException {
        String before = context().digest();
        Files.setLastModifiedTime(folder.resolve("src/main.sh"), FileTime.fromMillis(0));
        assertThat(context().digest()).isEqualTo(before);
        write("src/main.sh", "echo bye\n");
        assertThat(context().digest()).isNotEqualTo(before);
    }

    @Test
    void breaksOffWhenAFileChangesMeanwhile() throws IOException {
        BuildContext context = context();
        write("src/main.sh", "echo HELLO\n");
        try (InputStream in = context.open()) {
            assertThatThrownBy(in::readAllBytes).hasMessageContaining("changed while it was read");
        }
        write("src/main.sh", "another length");
        try (InputStream in = context.open()) {
            assertThatThrownBy(in::readAllBytes).hasMessageContaining("src/main.sh changed while it was read");
        }
    }

    @Test
    void refusesWhatIsTooLarge() throws IOException {
        try (var file = new RandomAccessFile(folder.resolve("huge").toFile(), "rw")) {
            file.setLength(600L * 1024 * 1024);
        }
        assertThatThrownBy(this::context)
                .hasMessageContaining("has more than 500 MiB")
                .hasMessageContaining(".dockerignore");
        write(".dockerignore", "huge");
        assertThat(context().bytes()).isLessThan(20_000);
    }
}
