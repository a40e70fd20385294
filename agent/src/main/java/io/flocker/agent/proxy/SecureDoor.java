package io.flocker.agent.proxy;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The door with TLS, if somebody else stands in it: everything else goes on without it, and it is tried again now and
/// then. A machine whose port 443 has always been somebody else's loses nothing.
final class SecureDoor {
    private static final Logger log = LoggerFactory.getLogger(SecureDoor.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

    private volatile Optional<String> shut = Optional.empty();
    private volatile long triedNanos;

    /// @param why it could not be opened; empty if it is open, or not wanted
    void tried(Optional<String> why) {
        if (why.isPresent() && !why.equals(shut)) {
            log.atWarn().addKeyValue("reason", why.get()).log("HTTPS is not served here");
        }
        triedNanos = System.nanoTime();
        shut = why;
    }

    /// Whether to try it again.
    boolean isDue() {
        return shut.isPresent() && System.nanoTime() - triedNanos > AGAIN_NANOS;
    }
}
