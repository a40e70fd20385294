package io.flocker.agent.transfer;

/// The form of a transfer: one that was cut, or changed on its way, is never taken for a whole.
///
/// A transfer is a sequence of frames. A frame is one byte that says what it is, the length of its body (4 bytes,
/// big-endian, at most [#MOST_BYTES]) and the body:
///
/// ```
/// H   a Header in JSON       first, once
/// C   content                any number of times
/// E   content's length and its CRC-32C (8 bytes each)           last, if all went well
/// F   why the sender could not go on, in UTF-8                  last, if not
/// ```
///
/// Nothing comes after an `E` or an `F`. The checksum (RFC 3720, appendix B.4) finds what goes wrong by chance on the
/// way from one pool's tool to the other's; against whoever would change a transfer there is TLS.
final class Frames {
    static final int HEADER = 'H';
    static final int CONTENT = 'C';
    static final int END = 'E';
    static final int FAILED = 'F';

    static final int MOST_BYTES = 64 << 10;
    /// What comes before a body.
    static final int HEAD_BYTES = 1 + Integer.BYTES;

    static final int END_BYTES = 2 * Long.BYTES;

    private Frames() {}
}
