package io.flocker.core.access;

import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// The cluster's users, and what was done by whom.
///
/// @param users by name
/// @param audit by sequence; of what was done the newest [#MAX_AUDIT], of what was refused
/// the newest [#MAX_REFUSED]
/// @param lastAudit the sequence of the last entry
public record Access(TreePMap<String, User> users, TreePMap<Long, AuditEntry> audit, long lastAudit) {
    public static final int MAX_AUDIT = 5_000;
    public static final int MAX_REFUSED = 500;

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

    /// The same with one more entry. What is refused over and over is one entry with a count, and
    /// refusals have a room of their own: anybody can be refused as often as they like, and must not
    /// push out by it what was done.
    public Access with(AuditEntry entry) {
        AuditEntry before = audit.isEmpty() ? null : audit.lastEntry().getValue();
        if (before != null && entry.repeats(before)) {
            return new Access(users, audit.plus(lastAudit, entry.numbered(lastAudit, before.times() + 1)), lastAudit);
        }
        TreePMap<Long, AuditEntry> kept = audit.plus(lastAudit + 1, entry.numbered(lastAudit + 1, 1));
        List<Long> alike = kept.values().stream()
                .filter(each -> each.wasRefused() == entry.wasRefused())
                .map(AuditEntry::sequence)
                .toList();
        boolean full = alike.size() > (entry.wasRefused() ? MAX_REFUSED : MAX_AUDIT);
        return new Access(users, full ? kept.minus(alike.getFirst()) : kept, lastAudit + 1);
    }
}
