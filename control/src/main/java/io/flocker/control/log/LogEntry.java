package io.flocker.control.log;

import io.flocker.core.cluster.Command;
import io.flocker.core.wire.Json;
import java.io.IOException;

/// One entry of the log.
///
/// @param key the request's idempotency key; empty for none
record LogEntry(String key, Command command) {
    static byte[] encode(LogEntry entry) {
        return Json.bytes(entry);
    }

    static LogEntry decode(byte[] bytes) throws IOException {
        return Json.read(bytes, LogEntry.class);
    }
}
