package io.flocker.core.access;

/// Lets a user in. Whoever has the token's text is that user.
///
/// @param id shown to users, part of the token's text
/// @param secretHash SHA-256 of the secret part of its text, in hex; the secret itself is nowhere
/// @param expiresAtMillis by the leader's clock
/// @param createdBy who made it
public record AccessToken(String id, String secretHash, long expiresAtMillis, String createdBy, long createdAtMillis) {}
