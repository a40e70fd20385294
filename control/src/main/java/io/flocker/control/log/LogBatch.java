package io.flocker.control.log;

import io.flocker.core.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Commands that are one entry of the log, a JSON array of [LogEntry]: they are lost or kept together, and nobody sees
/// the state between two of them. Each is decided by itself, in their order.
final class LogBatch {
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private int size;

    private LogBatch() {}

    /// As many together as an entry may hold. One that is too large by itself is alone.
    static List<LogBatch> of(List<LogEntry> asked) {
        List<LogBatch> batches = new ArrayList<>();
        for (LogEntry entry : asked) {
            byte[] bytes = Json.bytes(entry);
            if (batches.isEmpty() || batches.getLast().bytes() + bytes.length > ClusterLog.MAX_COMMAND_BYTES) {
                batches.add(new LogBatch());
            }
            batches.getLast().add(bytes);
        }
        return batches;
    }

    private void add(byte[] entry) {
        json.write(size == 0 ? '[' : ',');
        json.writeBytes(entry);
        size++;
    }

    /// So many commands.
    int size() {
        return size;
    }

    /// So large without its end.
    int bytes() {
        return json.size();
    }

    byte[] encode() {
        json.write(']');
        return json.toByteArray();
    }

    static List<LogEntry> decode(byte[] bytes) throws IOException {
        // Before there were batches, each command was an entry, which a log may still hold.
        return bytes.length > 0 && bytes[0] == '['
                ? List.of(Json.read(bytes, LogEntry[].class))
                : List.of(Json.read(bytes, LogEntry.class));
    }
}
