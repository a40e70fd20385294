package io.flocker.control.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.Planned;
import io.flocker.core.model.Node;
import io.flocker.core.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class LogBatchTest {
    private static final LogEntry BLOCK = new LogEntry("", new Planned.Block(1, "v-1", ""));

    private static LogEntry added(String node) {
        return new LogEntry(
                "key-" + node,
                new Command.AddNode(node, 1, node, "127.0.0.1", TreePMap.empty(), "", Node.Capacity.NONE));
    }

    private static LogEntry ofSize(int bytes) {
        return new LogEntry("", new Planned.Block(1, "x".repeat(bytes), ""));
    }

    @Test
    void holdsItsCommandsInTheirOrder() throws Exception {
        List<LogEntry> asked = List.of(added("n2"), BLOCK, added("n1"));

        List<LogBatch> batches = LogBatch.of(asked);

        assertThat(batches).hasSize(1);
        assertThat(LogBatch.decode(batches.getFirst().encode())).isEqualTo(asked);
    }

    @Test
    void readsWhatWasWrittenBeforeThereWereBatches() throws Exception {
        assertThat(LogBatch.decode(Json.bytes(BLOCK))).containsExactly(BLOCK);
    }

    @Test
    void doesNotReadWhatIsNoEntry() {
        for (String damaged : List.of("", "[", "{}]", "[1]")) {
            assertThatThrownBy(() -> LogBatch.decode(damaged.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void isNeverTooLargeForMoreThanItsOneCommand() throws Exception {
        int most = ClusterLog.MAX_COMMAND_BYTES;
        int first = Json.bytes(ofSize(most / 2)).length;
        int without = Json.bytes(ofSize(1)).length - 1;
        for (int beside = -4; beside <= 1; beside++) {
            List<LogEntry> asked = List.of(ofSize(most / 2), ofSize(most - first - without + beside));
            List<LogBatch> batches = LogBatch.of(asked);

            assertThat(batches).extracting(LogBatch::encode).allMatch(encoded -> encoded.length <= most);
            assertThat(batches).hasSize(beside > -3 ? 2 : 1);
        }
    }

    @Test
    void takesNoMoreThanAnEntryMayHold() {
        int most = ClusterLog.MAX_COMMAND_BYTES;

        assertThat(LogBatch.of(List.of(BLOCK, ofSize(most / 2), ofSize(most / 2), BLOCK)))
                .extracting(LogBatch::size)
                .containsExactly(2, 2);
        List<LogBatch> withOneTooLarge = LogBatch.of(List.of(BLOCK, ofSize(most), BLOCK));
        assertThat(withOneTooLarge).extracting(LogBatch::size).containsExactly(1, 1, 1);
        assertThat(withOneTooLarge).extracting(batch -> batch.bytes() > most).containsExactly(false, true, false);
        assertThat(LogBatch.of(List.of())).isEmpty();
    }
}
