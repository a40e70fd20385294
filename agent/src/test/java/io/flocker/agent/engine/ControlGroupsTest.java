package io.flocker.agent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where CPU time is counted, by what a kernel says of a process.
class ControlGroupsTest {
    @TempDir
    Path root;

    private Path second;

    @BeforeEach
    void files() throws IOException {
        Path folder = Files.createDirectories(root.resolve("system.slice/docker-c1.scope"));
        second = Files.writeString(folder.resolve("cpu.stat"), """
                usage_usec 1500000
                user_usec 1000000
                system_usec 500000
                """);
    }

    @Test
    void findsTheFilesOfBothVersionsAndPrefersTheFirst() {
        assertThat(ControlGroups.file(root, List.of("0::/system.slice/docker-c1.scope")))
                .contains(second);
        assertThat(ControlGroups.file(
                        root,
                        List.of(
                                "4:cpu,cpuacct:/docker/c1",
                                "1:name=systemd:/docker/c1",
                                "0::/system.slice/docker-c1.scope")))
                .contains(root.resolve("cpuacct/docker/c1/cpuacct.usage"));
        assertThat(ControlGroups.file(root, List.of("3:memory:/docker/c1", "0::/elsewhere")))
                .isEmpty();
    }

    @Test
    void readsNanoseconds() throws IOException {
        Path first = Files.writeString(root.resolve("cpuacct.usage"), "1234567890\n");
        assertThat(ControlGroups.nanos(first, Files.readString(first))).isEqualTo(1_234_567_890L);
        assertThat(ControlGroups.nanos(second, Files.readString(second))).isEqualTo(1_500_000_000L);
    }
}
