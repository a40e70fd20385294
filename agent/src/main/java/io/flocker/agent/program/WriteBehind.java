package io.flocker.agent.program;

import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A stream that is being received into a pool, and goes to its disk meanwhile. Otherwise the kernel lets as much as a
/// tenth of the machine's memory wait, and all of it is written at the end, when what was received and every other
/// write to the pool wait for that. One thread.
public final class WriteBehind extends Passage {
    private static final Logger log = LoggerFactory.getLogger(WriteBehind.class);

    /// How much comes between two times.
    private static final long EVERY_BYTES = 128L << 20;

    private final Flush flush;
    private final long everyBytes;
    private Thread flushing = Thread.ofVirtual().unstarted(() -> {});
    private long waiting;

    /// Writes what waits to the disk.
    @FunctionalInterface
    public interface Flush {
        void run() throws IOException;
    }

    public WriteBehind(InputStream in, Flush flush) {
        this(in, flush, EVERY_BYTES);
    }

    WriteBehind(InputStream in, Flush flush, long everyBytes) {
        super(in);
        this.flush = flush;
        this.everyBytes = everyBytes;
    }

    @Override
    protected void passed(int bytes) {
        waiting += Math.max(0, bytes);
        if (waiting >= everyBytes && !flushing.isAlive()) {
            waiting = 0;
            flushing = Thread.startVirtualThread(this::flush);
        }
    }

    private void flush() {
        try {
            flush.run();
        } catch (IOException e) {
            // Whoever relies on it syncs again, at the end, and hears of it.
            log.atDebug().addKeyValue("reason", e.getMessage()).log("Writing behind failed");
        }
    }
}
