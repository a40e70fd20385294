package io.flocker.core.access;

import org.pcollections.TreePMap;

/// Somebody who uses the cluster by tokens: a person or a pipeline.
///
/// @param tokens by id
public record User(
        String name, Role role, TreePMap<String, AccessToken> tokens, String createdBy, long createdAtMillis) {
    public User with(Role newRole) {
        return new User(name, newRole, tokens, createdBy, createdAtMillis);
    }

    public User withTokens(TreePMap<String, AccessToken> newTokens) {
        return new User(name, role, newTokens, createdBy, createdAtMillis);
    }
}
