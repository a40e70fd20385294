package io.flocker.agent.transfer;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The form of a transfer: one that was cut, or changed on its way, is never taken for a whole.
///
/// A transfer is a sequence of frames. A frame is one byte that says what it is, the length of its body (4 bytes,
/// big-endian, at most [#MOST_BYTES]) and the body:
///
/// ```
/// H   a Header in JSON       first, once
/// C   content                any number of times
/// E   content's length (8 bytes) and its SHA-256 (32 bytes)     last, if all went well
/// F   why the sender could not go on, in UTF-8                  last, if not
/// ```
///
/// Nothing comes after an `E` or an `F`.
final class Frames {
    static final int HEADER = 'H';
    static final int CONTENT = 'C';
    static final int END = 'E';
    static final int FAILED = 'F';

    static final int MOST_BYTES = 64 << 10;
    static final int HASH_BYTES = 32;

    private Frames() {}

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
