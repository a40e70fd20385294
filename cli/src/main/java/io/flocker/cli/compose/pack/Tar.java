package io.flocker.cli.compose.pack;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes a tar archive in the POSIX (pax) format. The same entries always give the same bytes: every one belongs to
/// root and was last changed on 1 January 2000.
public final class Tar {
    private static final int BLOCK = 512;
    /// How long the archive's end is.
    static final int END_BYTES = 2 * BLOCK;

    private static final int NAME_LENGTH = 100;
    private static final int MODE_AT = 100;
    private static final int UID_AT = 108;
    private static final int GID_AT = 116;
    private static final int SIZE_AT = 124;
    private static final int TIME_AT = 136;
    private static final int SUM_AT = 148;
    private static final int TYPE_AT = 156;
    private static final int LINK_AT = 157;
    private static final int MAGIC_AT = 257;
    private static final long TIME_SECONDS = 946_684_800L;

    private final OutputStream out;

    public Tar(OutputStream out) {
        this.out = out;
    }

    public void folder(String name, int mode) throws IOException {
        entry(name + "/", mode, '5', "", new byte[0]);
    }

    public void file(String name, int mode, byte[] content) throws IOException {
        entry(name, mode, '0', "", content);
    }

    /// Begins a file whose content the caller writes, `size` bytes and then [#padding] of them.
    public void begin(String name, int mode, long size) throws IOException {
        head(name, mode, '0', "", size);
    }

    /// How many zeros follow `size` bytes of content.
    public static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    public void link(String name, String target) throws IOException {
        entry(name, 0_777, '2', target, new byte[0]);
    }

    public void end() throws IOException {
        out.write(new byte[END_BYTES]);
    }

    private void entry(String name, int mode, char type, String link, byte[] content) throws IOException {
        head(name, mode, type, link, content.length);
        padded(content);
    }

    private void head(String name, int mode, char type, String link, long size) throws IOException {
        String extra = attribute("path", name) + attribute("linkpath", link);
        if (!extra.isEmpty()) {
            byte[] attributes = extra.getBytes(StandardCharsets.UTF_8);
            header("pax", 0_644, 'x', "", attributes.length);
            padded(attributes);
        }
        header(name, mode, type, link, size);
    }

    /// A pax attribute, `LENGTH KEY=VALUE\n`, if `value` does not fit the header.
    private static String attribute(String key, String value) {
        int length = value.getBytes(StandardCharsets.UTF_8).length;
        if (length <= NAME_LENGTH && length == value.length()) {
            return "";
        }
        int rest = key.length() + length + 3;
        int whole = rest + String.valueOf(rest).length();
        whole = rest + String.valueOf(whole).length();
        return whole + " " + key + "=" + value + "\n";
    }

    private void header(String name, int mode, char type, String link, long size) throws IOException {
        var header = new byte[BLOCK];
        text(header, 0, name);
        octal(header, MODE_AT, 8, mode);
        octal(header, UID_AT, 8, 0);
        octal(header, GID_AT, 8, 0);
        octal(header, SIZE_AT, 12, size);
        octal(header, TIME_AT, 12, TIME_SECONDS);
        header[TYPE_AT] = (byte) type;
        text(header, LINK_AT, link);
        text(header, MAGIC_AT, "ustar\00000");
        text(header, SUM_AT, "        ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, SUM_AT, 7, sum);
        out.write(header);
    }

    private static void text(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, NAME_LENGTH));
    }

    private static void octal(byte[] header, int at, int length, long number) {
        String digits = Long.toOctalString(number);
        text(header, at, "0".repeat(length - 1 - digits.length()) + digits + "\0");
    }

    private void padded(byte[] content) throws IOException {
        out.write(content);
        out.write(new byte[padding(content.length)]);
    }
}
