package io.flocker.agent.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/// Tells a watchdog and a listener what comes through. One thread.
final class Watched extends FilterInputStream {
    private final Watchdog watchdog;
    private final LongConsumer listener;
    private long length;

    Watched(InputStream in, Watchdog watchdog) {
        this(in, watchdog, length -> {});
    }

    /// @param listener hears how much has come
    Watched(InputStream in, Watchdog watchdog, LongConsumer listener) {
        super(in);
        this.watchdog = watchdog;
        this.listener = listener;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        passed(next < 0 ? -1 : 1);
        return next;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = super.read(bytes, offset, count);
        passed(read);
        return read;
    }

    private void passed(int read) {
        if (read < 0) {
            watchdog.finished();
        } else {
            length += read;
            listener.accept(length);
            watchdog.passed();
        }
    }
}
