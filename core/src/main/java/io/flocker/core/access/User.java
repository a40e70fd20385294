package io.flocker.core.access;

import org.pcollections.TreePMap;

/// Somebody who uses the cluster by tokens: a person or a pipeline.
///
/// @param tokens by id
/// @param quota how much their environments may have together
public record User(
        String name,
        Role role,
        TreePMap<String, AccessToken> tokens,
        String createdBy,
        long createdAtMillis,
        Quota quota) {
    /// Without limits.
    public User(String name, Role role, TreePMap<String, AccessToken> tokens, String createdBy, long createdAtMillis) {
        this(name, role, tokens, createdBy, createdAtMillis, Quota.NONE);
    }

    public User with(Role newRole) {
        return new User(name, newRole, tokens, createdBy, createdAtMillis, quota);
    }

    public User withTokens(TreePMap<String, AccessToken> newTokens) {
        return new User(name, role, newTokens, createdBy, createdAtMillis, quota);
    }

    public User with(Quota newQuota) {
        return new User(name, role, tokens, createdBy, createdAtMillis, newQuota);
    }
}
