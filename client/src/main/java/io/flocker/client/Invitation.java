package io.flocker.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// The text of a join token: what a machine needs to find a cluster, to know that it is the right one, and to be let
/// in. Whoever has it can join.
///
/// Its form is `flocker-join-1.` and in Base64 (RFC 4648, section 5) the lines id, secret, authority and addresses,
/// then a CRC-32 of them, so that a token cut in half is told from a wrong one.
///
/// @param id the token's id, which is no secret
/// @param authority the SHA-256 of the certificate of the cluster's authority, in hex
/// @param apis where the API is
public record Invitation(String id, String secret, String authority, List<URI> apis) {
    private static final String PREFIX = "flocker-join-1.";

    /// What a user copies from one machine to another.
    public String text() {
        var lines = new StringBuilder(id + "\n" + secret + "\n" + authority);
        apis.forEach(api -> lines.append('\n').append(api));
        byte[] content = lines.toString().getBytes(StandardCharsets.UTF_8);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(content) + "." + check(content);
    }

    /// Reads what [#text] wrote.
    ///
    /// @throws IOException if it is not a token, or not a whole one
    public static Invitation parse(String text) throws IOException {
        String token = text.strip();
        if (!token.startsWith(PREFIX)) {
            throw new IOException("This is no join token: it begins with " + PREFIX
                    + "; flocker token create on a node of the cluster makes one");
        }
        int dot = token.indexOf('.', PREFIX.length());
        try {
            byte[] content =
                    Base64.getUrlDecoder().decode(token.substring(PREFIX.length(), dot < 0 ? token.length() : dot));
            List<String> lines = List.of(new String(content, StandardCharsets.UTF_8).split("\n", -1));
            if (dot < 0 || !check(content).equals(token.substring(dot + 1)) || lines.size() < 4) {
                throw incomplete(null);
            }
            return new Invitation(
                    lines.get(0),
                    lines.get(1),
                    lines.get(2),
                    lines.subList(3, lines.size()).stream().map(URI::create).toList());
        } catch (IllegalArgumentException e) {
            throw incomplete(e);
        }
    }

    private static IOException incomplete(@Nullable Throwable cause) {
        return new IOException("The join token is not whole: a part of it is missing or changed; copy it again", cause);
    }

    private static String check(byte[] content) {
        CRC32 check = new CRC32();
        check.update(content);
        return HexFormat.of().toHexDigits((int) check.getValue());
    }
}
