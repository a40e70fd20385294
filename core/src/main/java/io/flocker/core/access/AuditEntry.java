package io.flocker.core.access;

/// Something that somebody did, or was refused.
///
/// @param sequence 0 for one that is not in the log yet
/// @param user who
/// @param role what they were then; empty for a machine that joined
/// @param from the address they came from, or `socket` for root on a node; and by which node, if one passed it on
/// @param action method and path
/// @param environment which one it was about; empty for none
/// @param refused why it was not done; empty if it was
/// @param times how often, when the same was refused again at once
public record AuditEntry(
        long sequence,
        long atMillis,
        String user,
        String role,
        String from,
        String action,
        String environment,
        String refused,
        long times) {
    private static final int LONGEST = 300;

    public AuditEntry {
        from = cut(from);
        action = cut(action);
        environment = cut(environment);
        refused = cut(refused);
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }

    public AuditEntry on(String newEnvironment) {
        return new AuditEntry(sequence, atMillis, user, role, from, action, newEnvironment, refused, times);
    }

    public AuditEntry refused(String why) {
        return new AuditEntry(sequence, atMillis, user, role, from, action, environment, why, times);
    }

    AuditEntry numbered(long number, long count) {
        return new AuditEntry(number, atMillis, user, role, from, action, environment, refused, count);
    }

    boolean wasRefused() {
        return !refused.isEmpty();
    }

    /// Whether it is the same attempt again, and as much in vain.
    boolean repeats(AuditEntry before) {
        return wasRefused()
                && refused.equals(before.refused)
                && user.equals(before.user)
                && from.equals(before.from)
                && action.equals(before.action)
                && environment.equals(before.environment);
    }
}
