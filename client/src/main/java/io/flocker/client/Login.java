package io.flocker.client;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/// The text of a user's token: where the cluster is, how to know that it is the right one, and what lets the user in.
/// Whoever has it is that user. As it stands, it is what follows `Authorization: Bearer`.
///
/// @param id the token's id, which is no secret
/// @param authority the SHA-256 of the certificate of the cluster's authority, in hex
/// @param apis where the API is
public record Login(String id, String secret, String authority, List<URI> apis) {
    private static final String PREFIX = "flocker-user-1.";

    /// What a user copies.
    public String text() {
        return new TokenText(id, secret, authority, apis).text(PREFIX);
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IOException if it is not a token, or not a whole one
    public static Login parse(String text) throws IOException {
        TokenText read = TokenText.parse(text, PREFIX, "user's token", "flocker user token NAME");
        return new Login(read.id(), read.secret(), read.authority(), read.apis());
    }
}
