package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.agent.program.Program;
import java.io.IOException;
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
        assertBusy();

        new LeftMount(merged.toString()).detach();

        assertThat(Files.deleteIfExists(merged)).isTrue();
    }

    @Test
    void detachesWhatTheEngineHasHiddenUnderAMountOfItsOwn() throws IOException {
        Program.of("mount", "--bind", engine.toString(), engine.toString()).run();
        assertBusy();
        assertThat(Program.of("umount", "--lazy", merged.toString()).end().exitCode())
                .as("it is hidden")
                .isNotZero();

        new LeftMount(merged.toString()).detach();

        assertThat(merged).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                .as("what the engine has mounted itself stays, what it left is gone")
                .contains(" " + engine + " ")
                .doesNotContain(merged.toString());
    }

    @Test
    void saysWhatToDoAboutWhatItCannotDetach() throws IOException {
        Path nothing = Files.createDirectory(engine.resolve("nothing"));

        assertThatThrownBy(() -> new LeftMount(nothing.toString()).detach())
                .hasMessage("The engine left " + nothing + " mounted, and it cannot be detached (" + nothing
                        + " is not mounted); restart the machine to be rid of it");
    }

    /// It cannot be removed, as an engine tries to.
    private void assertBusy() {
        assertThatThrownBy(() -> Files.delete(merged)).hasMessageContaining("busy");
    }
}
