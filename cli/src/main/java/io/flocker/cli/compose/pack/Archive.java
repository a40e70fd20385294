package io.flocker.cli.compose.pack;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/// The tar archive of a context, made while it is read, one file open at a time.
final class Archive extends InputStream {
    private final List<BuildContext.Entry> entries;
    private final String expected;
    private final MessageDigest sum = BuildContext.sha256();
    private InputStream part = InputStream.nullInputStream();
    private int next;
    /// How many bytes of the present part are still to come.
    private long left;

    /// @param expected its digest, without which it does not end well; empty if that is not known
    Archive(List<BuildContext.Entry> entries, String expected) {
        this.entries = entries;
        this.expected = expected;
    }

    /// What comes before an entry's content.
    static byte[] head(BuildContext.Entry entry) throws IOException {
        var head = new ByteArrayOutputStream();
        var tar = new Tar(head);
        switch (entry.kind()) {
            case FILE -> tar.begin(entry.name(), entry.mode(), entry.size());
            case FOLDER -> tar.folder(entry.name(), entry.mode());
            case LINK ->
                tar.link(entry.name(), Files.readSymbolicLink(entry.path()).toString());
        }
        return head.toByteArray();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (left == 0) {
            if (next > entries.size()) {
                return -1;
            }
            advance();
        }
        int read = part.read(into, from, (int) Math.min(length, left));
        if (read < 0) {
            throw changed();
        }
        left -= read;
        sum.update(into, from, read);
        if (left == 0 && next > entries.size()) {
            check();
        }
        return read;
    }

    private void check() throws IOException {
        if (!expected.isEmpty() && !HexFormat.of().formatHex(sum.digest()).equals(expected)) {
            throw new IOException("The context changed while it was read; try again");
        }
    }

    private void advance() throws IOException {
        part.close();
        if (next == entries.size()) {
            var end = new ByteArrayOutputStream();
            new Tar(end).end();
            part = new ByteArrayInputStream(end.toByteArray());
            left = end.size();
            next++;
        } else {
            BuildContext.Entry entry = entries.get(next);
            next++;
            byte[] head = head(entry);
            int padding = Tar.padding(entry.size());
            left = head.length + entry.size() + padding;
            part = new ByteArrayInputStream(head);
            if (entry.kind() == BuildContext.Kind.FILE) {
                var content = new SequenceInputStream(part, content(entry));
                part = new SequenceInputStream(content, new ByteArrayInputStream(new byte[padding]));
            }
        }
    }

    private InputStream content(BuildContext.Entry entry) throws IOException {
        if (!Files.isRegularFile(entry.path(), LinkOption.NOFOLLOW_LINKS) || Files.size(entry.path()) != entry.size()) {
            throw changed();
        }
        return Files.newInputStream(entry.path());
    }

    private IOException changed() {
        return new IOException(entries.get(next - 1).path() + " changed while it was read; try again");
    }

    @Override
    public void close() throws IOException {
        part.close();
    }
}
