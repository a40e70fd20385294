package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Both versions of control groups, whichever this machine's containers are in. (The first one's is the lab's.)
@Tag("engine")
class FreezerTest {
    @TempDir
    private Path root;

    @Test
    void aGroupOfTheSecondVersionStandsStillOnceItsProcessesDo() throws Exception {
        Path all = Files.createDirectories(root.resolve("all"));
        Program.of("mount", "-t", "cgroup2", "none", all.toString()).run();
        Path directory = Files.createDirectories(all.resolve("flocker-freezer-test"));
        Path count = root.resolve("count");
        var writer = new ProcessBuilder("sh", "-c", "while :; do echo x >>" + count + "; done").start();
        try {
            Files.writeString(directory.resolve("cgroup.procs"), "" + writer.pid());
            assertThat(Freezer.Group.isVersion2(directory)).isTrue();
            Freezer.Group group = Freezer.Group.ofVersion2(directory);
            for (int i = 0; i < 20; i++) {
                assertThat(group.isAsked()).isFalse();
                awaitMore(count);
                group.freeze();
                group.awaitFrozen();
                long before = Files.size(count);
                assertThat(Files.readString(directory.resolve("cgroup.events"))).contains("frozen 1");
                TimeUnit.MILLISECONDS.sleep(20);
                assertThat(Files.size(count)).isEqualTo(before);
                assertThat(group.isAsked()).isTrue();
                group.thaw();
            }
            awaitMore(count);
        } finally {
            Freezer.Group.ofVersion2(directory).thaw();
            writer.destroyForcibly().waitFor();
            removeWhenEmpty(directory);
            Program.of("umount", all.toString()).run();
        }
    }

    private static void awaitMore(Path file) throws IOException, InterruptedException {
        long before = Files.exists(file) ? Files.size(file) : 0;
        for (int tries = 0; !Files.exists(file) || Files.size(file) <= before; tries++) {
            assertThat(tries).as("tries until the writer goes on").isLessThan(2_000);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void removeWhenEmpty(Path group) throws IOException, InterruptedException {
        for (int tries = 0; ; tries++) {
            try {
                Files.delete(group);
                return;
            } catch (IOException e) {
                if (tries == 200) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }
}
