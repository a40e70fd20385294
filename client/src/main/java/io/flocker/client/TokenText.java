package io.flocker.client;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// What a token's text holds: a prefix, then in Base64 (RFC 4648, section 5) the lines id, secret, authority and
/// addresses, then a CRC-32 of them, so that a token cut in half is told from a wrong one.
///
/// @param authority the SHA-256 of the certificate of the cluster's authority, in hex
/// @param apis where the API is
record TokenText(String id, String secret, String authority, List<URI> apis) {
    String text(String prefix) {
        var lines = new StringBuilder(id + "\n" + secret + "\n" + authority);
        apis.forEach(api -> lines.append('\n').append(api));
        byte[] content = lines.toString().getBytes(StandardCharsets.UTF_8);
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(content) + "." + check(content);
    }

    /// Reads what [#text] wrote.
    ///
    /// @param kind of token, in words: `join token`
    /// @param origin the command that makes one
    /// @throws IOException if it is not such a token, or not a whole one
    static TokenText parse(String text, String prefix, String kind, String origin) throws IOException {
        String token = text.strip();
        if (!token.startsWith(prefix)) {
            throw new IOException("This is no " + kind + ": it begins with " + prefix + "; " + origin
                    + " on a node of the cluster makes one");
        }
        int dot = token.indexOf('.', prefix.length());
        try {
            byte[] content =
                    Base64.getUrlDecoder().decode(token.substring(prefix.length(), dot < 0 ? token.length() : dot));
            List<String> lines = List.of(new String(content, StandardCharsets.UTF_8).split("\n", -1));
            if (dot < 0 || !check(content).equals(token.substring(dot + 1)) || lines.size() < 4) {
                throw incomplete(kind, null);
            }
            return new TokenText(
                    lines.get(0),
                    lines.get(1),
                    lines.get(2),
                    lines.subList(3, lines.size()).stream().map(URI::create).toList());
        } catch (IllegalArgumentException e) {
            throw incomplete(kind, e);
        }
    }

    private static IOException incomplete(String kind, @Nullable Throwable cause) {
        return new IOException(
                "The " + kind + " is not whole: a part of it is missing or changed; copy it again", cause);
    }

    private static String check(byte[] content) {
        CRC32 check = new CRC32();
        check.update(content);
        return HexFormat.of().toHexDigits((int) check.getValue());
    }
}
