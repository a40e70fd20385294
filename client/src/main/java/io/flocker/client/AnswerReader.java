package io.flocker.client;

import io.flocker.client.Transport.Answer;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/// Reads the answer of an HTTP/1.1 exchange (RFC 9112, sections 4 to 7) from a connection.
final class AnswerReader {
    /// The header that says when to ask again.
    static final String RETRY_AFTER = "retry-after";

    private static final int MAX_HEAD_BYTES = 64 * 1024;
    private static final int CONTINUE = 100;
    private static final int FIRST_FINAL_STATUS = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final Connection connection;
    private final InputStream in;
    private boolean stays = true;
    private int headBytesLeft = MAX_HEAD_BYTES;
    private long contentLength = -1;
    private boolean chunked;
    private long retryAfterSeconds;

    private AnswerReader(Connection connection) throws IOException {
        this.connection = connection;
        in = new BufferedInputStream(connection.in());
    }

    /// Returns when the head is read. Closing the answer's body releases `connection` if all of it was read, else
    /// closes it.
    static Answer read(Connection connection) throws IOException {
        return new AnswerReader(connection).read();
    }

    private Answer read() throws IOException {
        int status = head();
        while (status >= CONTINUE && status < FIRST_FINAL_STATUS) {
            status = head();
        }
        if (status == NO_CONTENT || status == NOT_MODIFIED) {
            return new Answer(status, new SizedBody(this, 0), retryAfterSeconds);
        }
        if (chunked) {
            return new Answer(status, new ChunkedBody(this), retryAfterSeconds);
        }
        return new Answer(status, contentLength < 0 ? in : new SizedBody(this, contentLength), retryAfterSeconds);
    }

    private int head() throws IOException {
        contentLength = -1;
        chunked = false;
        stays = true;
        retryAfterSeconds = 0;
        int status = status(line());
        for (String line = line(); !line.isEmpty(); line = line()) {
            header(line);
        }
        return status;
    }

    private static int status(String line) throws IOException {
        if (line.startsWith("HTTP/1.") && line.length() >= 12) {
            try {
                return Integer.parseInt(line, 9, 12, 10);
            } catch (NumberFormatException e) {
                throw new IOException("This is no HTTP answer: " + line, e);
            }
        }
        throw new IOException("This is no HTTP answer: " + line);
    }

    private void header(String line) throws IOException {
        int colon = line.indexOf(':');
        if (colon <= 0) {
            throw new IOException("This is no HTTP header: " + line);
        }
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "content-length" -> contentLength = number(value, 10);
            case "transfer-encoding" -> {
                if (!value.equalsIgnoreCase("chunked")) {
                    throw new IOException("The answer's encoding is not known here: " + value);
                }
                chunked = true;
            }
            case "connection" -> stays = !value.equalsIgnoreCase("close");
            case RETRY_AFTER -> retryAfterSeconds = seconds(value);
            default -> {}
        }
    }

    /// What [#RETRY_AFTER] says; 0 for a date, which Flocker does not send.
    static long seconds(String value) {
        return value.matches("[0-9]{1,9}") ? Long.parseLong(value) : 0;
    }

    private static long number(String text, int radix) throws IOException {
        try {
            long number = Long.parseLong(text, radix);
            if (number >= 0 && text.charAt(0) != '+') {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new IOException("The answer's length is no number: " + text, e);
        }
        throw new IOException("The answer's length is no number: " + text);
    }

    /// A line without its end.
    private String line() throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("The daemon hung up before it had answered");
            }
            if (--headBytesLeft < 0) {
                throw new IOException("The answer's head has more than " + MAX_HEAD_BYTES + " bytes");
            }
            line.append((char) next);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    /// The size of the chunk that begins here; 0 at the end, after which nothing is left to read.
    private long chunk() throws IOException {
        headBytesLeft = MAX_HEAD_BYTES;
        String line = line();
        int extension = line.indexOf(';');
        long size = number((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
        if (size == 0) {
            while (!line().isEmpty()) {
                // What trails the body tells nothing here.
            }
        }
        return size;
    }

    /// A body whose length is known. It ends there, or with an exception.
    private static class SizedBody extends InputStream {
        final AnswerReader reader;
        long left;
        private boolean closed;

        SizedBody(AnswerReader reader, long length) {
            this.reader = reader;
            left = length;
        }

        /// Whether all of it was read.
        boolean isOver() {
            return left == 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = reader.in.read(bytes, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException("The daemon hung up in the middle of its answer");
            }
            left -= read;
            return read;
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            if (isOver() && reader.stays) {
                reader.connection.release();
            } else {
                reader.in.close();
            }
        }
    }

    /// A body in chunks.
    private static final class ChunkedBody extends SizedBody {
        private boolean begun;
        private boolean ended;

        ChunkedBody(AnswerReader reader) {
            super(reader, 0);
        }

        @Override
        boolean isOver() {
            return ended;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && !ended && length > 0) {
                nextChunk();
            }
            return super.read(bytes, offset, length);
        }

        private void nextChunk() throws IOException {
            if (begun && !reader.line().isEmpty()) {
                throw new IOException("The answer's chunk is longer than it said");
            }
            begun = true;
            left = reader.chunk();
            ended = left == 0;
        }
    }
}
