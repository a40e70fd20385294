package io.flocker.core.spec;

/// A small file that services mount read-only: a Compose config or secret.
///
/// @param contentBase64 the bytes, Base64 without line breaks; at most [#MAX_BYTES] bytes decoded
/// @param secret kept out of every listing and log
public record FileSpec(String contentBase64, boolean secret) {
    public static final int MAX_BYTES = 1_000_000;

    @Override
    public String toString() {
        return "FileSpec[" + contentBase64.length() + " base64 characters, secret=" + secret + "]";
    }
}
