package io.flocker.core.lease;

/// What a leader answers to a report about the lease.
///
/// @param term of the leader; grows with every election
/// @param millis for how long, from before the report was sent; 0 if the leader refuses
public record LeaseGrant(long term, long millis) {
    public static LeaseGrant refused(long term) {
        return new LeaseGrant(term, 0);
    }
}
