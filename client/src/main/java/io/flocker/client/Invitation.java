package io.flocker.client;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/// The text of a join token: what a machine needs to find a cluster, to know that it is the right one, and to be let
/// in. Whoever has it can join.
///
/// @param id the token's id, which is no secret
/// @param authority the SHA-256 of the certificate of the cluster's authority, in hex
/// @param apis where the API is
public record Invitation(String id, String secret, String authority, List<URI> apis) {
    private static final String PREFIX = "flocker-join-1.";

    /// What a user copies from one machine to another.
    public String text() {
        return new TokenText(id, secret, authority, apis).text(PREFIX);
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IOException if it is not a token, or not a whole one
    public static Invitation parse(String text) throws IOException {
        TokenText read = TokenText.parse(text, PREFIX, "join token", "flocker token create");
        return new Invitation(read.id(), read.secret(), read.authority(), read.apis());
    }
}
