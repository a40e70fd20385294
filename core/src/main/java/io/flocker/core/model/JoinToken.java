package io.flocker.core.model;

/// Lets a machine join the cluster. Whoever has the token's text can make one a node.
///
/// @param id shown to users, part of the token's text
/// @param secretHash SHA-256 of the secret part of its text, in hex; the secret itself is nowhere
/// @param usesLeft how many more nodes may join with it
/// @param expiresAtMillis by the leader's clock
/// @param createdBy the user who made it
public record JoinToken(
        String id, String secretHash, int usesLeft, long expiresAtMillis, String createdBy, long createdAtMillis) {
    public JoinToken used() {
        return new JoinToken(id, secretHash, usesLeft - 1, expiresAtMillis, createdBy, createdAtMillis);
    }
}
