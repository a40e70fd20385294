package io.flocker.core.access;

import java.util.Optional;
import org.pcollections.TreePMap;

/// The cluster's users, and what was done by whom.
///
/// @param users by name
/// @param audit by sequence; the newest [#MAX_AUDIT]
/// @param lastAudit the sequence of the last entry
public record Access(TreePMap<String, User> users, TreePMap<Long, AuditEntry> audit, long lastAudit) {
    public static final int MAX_AUDIT = 5_000;

    public static final Access EMPTY = new Access(TreePMap.empty(), TreePMap.empty(), 0);

    /// A token, and whose it is.
    public record Holder(User user, AccessToken token) {}

    /// The holder of the token with that id.
    public Optional<Holder> holder(String token) {
        return users.values().stream()
                .flatMap(user ->
                        Optional.ofNullable(user.tokens().get(token)).stream().map(found -> new Holder(user, found)))
                .findFirst();
    }

    public Access with(User user) {
        return withUsers(users.plus(user.name(), user));
    }

    public Access withUsers(TreePMap<String, User> newUsers) {
        return new Access(newUsers, audit, lastAudit);
    }

    /// The same with one more entry. What is refused over and over is one entry with a count, so that nobody can push
    /// the others out by it.
    public Access with(AuditEntry entry) {
        AuditEntry before = audit.isEmpty() ? null : audit.lastEntry().getValue();
        if (before != null && entry.repeats(before)) {
            return new Access(users, audit.plus(lastAudit, entry.numbered(lastAudit, before.times() + 1)), lastAudit);
        }
        TreePMap<Long, AuditEntry> kept = audit.plus(lastAudit + 1, entry.numbered(lastAudit + 1, 1));
        return new Access(users, kept.size() > MAX_AUDIT ? kept.minusFirstEntry() : kept, lastAudit + 1);
    }
}
