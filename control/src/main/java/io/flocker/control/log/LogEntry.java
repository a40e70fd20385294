package io.flocker.control.log;

import io.flocker.core.access.AuditEntry;
import io.flocker.core.access.Ownership;
import io.flocker.core.cluster.Command;
import java.util.Optional;

/// A command as the log has it.
///
/// @param key the request's idempotency key; empty for none
/// @param only on what condition it is carried out; empty for none
/// @param audit what the audit log is to hold of it; empty for nothing
public record LogEntry(String key, Command command, Optional<Ownership> only, Optional<AuditEntry> audit) {
    /// One that nobody is answerable for.
    public LogEntry(String key, Command command) {
        this(key, command, Optional.empty(), Optional.empty());
    }
}
