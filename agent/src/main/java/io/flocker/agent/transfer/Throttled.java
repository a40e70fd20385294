package io.flocker.agent.transfer;

import io.flocker.agent.program.Passage;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/// Lets through no more than a rate: whoever sends waits as soon as the connection is full.
final class Throttled extends Passage {
    private final RateLimit limit;

    Throttled(InputStream in, RateLimit limit) {
        super(in);
        this.limit = limit;
    }

    @Override
    protected void passed(int bytes) throws IOException {
        try {
            limit.take(Math.max(0, bytes));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Stopped while receiving");
        }
    }
}
