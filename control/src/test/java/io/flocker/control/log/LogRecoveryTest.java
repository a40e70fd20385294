package io.flocker.control.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.core.cluster.Command;
import io.flocker.core.model.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

class LogRecoveryTest {
    @TempDir
    Path folder;

    private OneMember member;

    @BeforeEach
    void certify() throws IOException {
        member = OneMember.in(folder);
    }

    private void add(ClusterLog log, int first, int count) throws IOException, InterruptedException {
        for (int i = first; i < first + count; i++) {
            log.submit(new Command.AddNode("test", i, "n" + i, "10.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE));
        }
    }

    @Test
    void theNewLogHasAllThatTheOldOneHadAndHigherTerms() throws Exception {
        long before;
        try (ClusterLog log = member.open()) {
            // Some in a snapshot, some after it.
            add(log, 1, LogWriter.SNAPSHOT_EVERY_ENTRIES + 20);
            before = log.leads();
        }

        LogRecovery.Recovered recovered = LogRecovery.recover(member.data(), "n1", List.of("n2", "n3"), 5);
        assertThat(recovered.generation()).isEqualTo(1);
        assertThat(recovered.entries()).isGreaterThan(LogWriter.SNAPSHOT_EVERY_ENTRIES + 20);

        for (int opening = 0; opening < 2; opening++) {
            try (ClusterLog log = member.open()) {
                assertThat(log.state().nodes()).hasSize(LogWriter.SNAPSHOT_EVERY_ENTRIES + 20 + opening);
                assertThat(log.state().events().values())
                        .anyMatch(event -> event.text().contains("without voters n2, n3"));
                assertThat(log.generation()).isEqualTo(1);
                assertThat(log.leads()).isGreaterThan(before + 100);
                add(log, 1_000 + opening, 1);
            }
        }
        assertThat(LogRecovery.recover(member.data(), "n1", List.of(), 6).generation())
                .isEqualTo(2);
        assertThat(member.data().resolveSibling("log.former")).isDirectory();
    }

    @Test
    void aLogThatIsDamagedIsLeftAsItIs() throws Exception {
        try (ClusterLog log = member.open()) {
            add(log, 1, 20);
        }
        Path segment;
        try (var files = Files.walk(member.data())) {
            segment = files.filter(it -> it.getFileName().toString().startsWith("log_"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[2_000] ^= 1;
        Files.write(segment, bytes);

        assertThatThrownBy(() -> LogRecovery.recover(member.data(), "n1", List.of(), 5))
                .isInstanceOf(IOException.class);
        assertThat(Generation.of(member.data())).isEqualTo(Generation.FIRST);
        assertThat(Files.readAllBytes(segment)).isEqualTo(bytes);
    }
}
