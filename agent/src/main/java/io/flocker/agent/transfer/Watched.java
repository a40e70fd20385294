package io.flocker.agent.transfer;

import io.flocker.agent.program.Passage;
import java.io.InputStream;
import java.util.function.LongConsumer;

/// Tells a watchdog and a listener what comes through. One thread.
final class Watched extends Passage {
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
    protected void passed(int read) {
        if (read < 0) {
            watchdog.finished();
        } else {
            length += read;
            listener.accept(length);
            watchdog.passed();
        }
    }
}
