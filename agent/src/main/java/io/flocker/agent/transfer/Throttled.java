package io.flocker.agent.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/// Lets through no more than a rate: whoever sends waits as soon as the connection is full.
final class Throttled extends FilterInputStream {
    private final RateLimit limit;

    Throttled(InputStream in, RateLimit limit) {
        super(in);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        passed(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = super.read(bytes, offset, count);
        passed(Math.max(0, read));
        return read;
    }

    private void passed(int bytes) throws IOException {
        try {
            limit.take(bytes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Stopped while receiving");
        }
    }
}
