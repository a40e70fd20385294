package io.flocker.agent.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.flocker.agent.engine.ContainerEngine.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What control groups of both versions say, in the words of the kernel.
class GroupsTest {
    @TempDir
    private Path root;

    @Test
    void readsVersionOne() throws IOException {
        write("cpuacct/docker/c1/cpuacct.usage", "1234567890\n");
        write("memory/docker/c1/memory.usage_in_bytes", "10485760\n");
        write("memory/docker/c1/memory.stat", "cache 4096\ninactive_file 1\ntotal_inactive_file 485760\n");
        write(
                "blkio/docker/c1/blkio.throttle.io_service_bytes",
                "8:0 Read 100\n8:0 Write 200\n8:0 Total 300\nTotal 300\n");
        network();
        assertThat(groups().of(
                                7,
                                List.of(
                                        "4:memory:/docker/c1",
                                        "3:cpuacct,cpu:/docker/c1",
                                        "2:blkio:/docker/c1",
                                        "0::/")))
                .isEqualTo(new Use(1_234_567_890, 10_000_000, 300, 1_500));
    }

    @Test
    void readsVersionTwo() throws IOException {
        write("system.slice/docker-c1.scope/cpu.stat", "usage_usec 2500\nuser_usec 2000\n");
        write("system.slice/docker-c1.scope/memory.current", "8192\n");
        write("system.slice/docker-c1.scope/memory.stat", "anon 4096\ninactive_file 4096\n");
        write("system.slice/docker-c1.scope/io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=1 dbytes=5 dios=0\n");
        network();
        assertThat(groups().of(7, List.of("0::/system.slice/docker-c1.scope")))
                .isEqualTo(new Use(2_500_000, 4_096, 30, 1_500));
    }

    @Test
    void whatIsMissingCountsNothing() {
        assertThat(groups().of(7, List.of("0::/gone", "nonsense", "4:memory:/gone")))
                .isEqualTo(Use.NOTHING);
    }

    private Groups groups() {
        return new Groups(root, root.resolve("proc"));
    }

    private void network() throws IOException {
        write("proc/7/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
                    lo:    9999       1    0    0    0     0          0         0     9999       1    0    0    0     0
                  eth0:    1000       1    0    0    0     0          0         0      500       1    0    0    0     0
                """);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
