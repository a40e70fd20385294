package io.flocker.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/// A socket that lets a long stream come in batches. What reads TLS records takes 16 KiB at a time and is sooner done
/// than the next one is there; without a rest it would be woken for each of them, and so would be whoever writes to
/// it. That is more work than all the encryption.
final class BatchingSocket extends Socket {
    /// What the JDK reads at once at most.
    private static final int BUFFER_BYTES = 128 << 10;
    /// After less than this, more is waited for.
    private static final int BATCH_BYTES = BUFFER_BYTES / 2;
    /// What comes before is no long stream: a handshake, a head, a small difference.
    private static final long SHORT_BYTES = 1 << 20;
    /// The kernel holds what comes meanwhile: by default up to 6 MiB.
    private static final long REST_MICROS = 500;

    @Override
    public InputStream getInputStream() throws IOException {
        return new Batches(super.getInputStream());
    }

    /// One thread.
    private static final class Batches extends InputStream {
        private final InputStream in;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int position;
        private int limit;
        private long length;

        Batches(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return position == limit && !fill() ? -1 : buffer[position++] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int count) throws IOException {
            if (count == 0) {
                return 0;
            }
            if (position == limit && !fill()) {
                return -1;
            }
            int part = Math.min(count, limit - position);
            System.arraycopy(buffer, position, bytes, offset, part);
            position += part;
            return part;
        }

        @Override
        public int available() throws IOException {
            return limit - position + in.available();
        }

        private boolean fill() throws IOException {
            if (length > SHORT_BYTES && limit < BATCH_BYTES) {
                rest();
            }
            int read = in.read(buffer);
            position = 0;
            limit = Math.max(0, read);
            length += limit;
            return read >= 0;
        }

        private static void rest() throws IOException {
            try {
                TimeUnit.MICROSECONDS.sleep(REST_MICROS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Interrupted while receiving");
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
