package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On real mounts.
@Tag("engine")
class LeftMountTest {
    @TempDir
    Path folder;

    private Path engine;
    private Path merged;

    @BeforeEach
    void mount() throws IOException {
        engine = folder.resolve("docker");
        merged = Files.createDirectories(engine.resolve("overlay2/one/merged"));
        for (String layer : new String[] {"lower", "upper", "work"}) {
            Files.createDirectory(folder.resolve(layer));
        }
        String options = "lowerdir=" + folder.resolve("lower") + ",upperdir=" + folder.resolve("upper") + ",workdir="
                + folder.resolve("work");
        Program.of("mount", "-t", "overlay", "overlay", "-o", options, merged.toString())
                .run();
    }

    @AfterEach
    void unmount() throws IOException {
        Program.of("umount", "--lazy", engine.toString()).end();
        Program.of("umount", "--lazy", merged.toString()).end();
    }

    @Test
    void detachesWhatIsMounted() throws IOException {
        assertThatThrownBy(() -> Files.delete(merged)).isInstanceOf(FileSystemException.class);

        new LeftMount(merged.toString()).detach();

        assertThat(Files.deleteIfExists(merged)).isTrue();
    }

    @Test
    void detachesWhatTheEngineHasHiddenUnderAMountOfItsOwn() throws IOException {
        Program.of("mount", "--bind", engine.toString(), engine.toString()).run();
        assertThatThrownBy(() -> Files.delete(merged))
                .isInstanceOf(FileSystemException.class)
                .isNotInstanceOf(DirectoryNotEmptyException.class);

        new LeftMount(merged.toString()).detach();

        Files.deleteIfExists(merged);
        assertThat(merged).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .as("what the engine has mounted itself stays, what it left is gone")
                .contains(" " + engine + " ")
                .doesNotContain(merged.toString());
    }
}
