package io.flocker.control.log;

import io.flocker.core.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Commands that are one entry of the log, a JSON array of [LogEntry]: they are lost or kept together, and nobody sees
/// the state between two of them. Each is decided by itself, in their order.
final class LogBatch {
    private final List<byte[]> entries = new ArrayList<>();
    /// Of all entries, without what is between them.
    private int bytes;

    private LogBatch() {}

    /// As many together as an entry may hold. One that is too large by itself is alone.
    static List<LogBatch> of(List<LogEntry> asked) {
        List<LogBatch> batches = new ArrayList<>();
        for (LogEntry entry : asked) {
            byte[] bytes = Json.bytes(entry);
            if (batches.isEmpty() || !batches.getLast().hasRoomFor(bytes)) {
                batches.add(new LogBatch());
            }
            batches.getLast().add(bytes);
        }
        return batches;
    }

    /// With a comma or a bracket beside each.
    private boolean hasRoomFor(byte[] entry) {
        return (long) bytes + entry.length + entries.size() + 2 <= ClusterLog.MAX_COMMAND_BYTES;
    }

    private void add(byte[] entry) {
        entries.add(entry);
        bytes += entry.length;
    }

    /// How many commands it holds.
    int size() {
        return entries.size();
    }

    /// How large its commands are together. Larger than [ClusterLog#MAX_COMMAND_BYTES] only if there is one.
    int bytes() {
        return bytes;
    }

    byte[] encode() {
        var json = new ByteArrayOutputStream(bytes + entries.size() + 1);
        int separator = '[';
        for (byte[] entry : entries) {
            json.write(separator);
            json.writeBytes(entry);
            separator = ',';
        }
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
