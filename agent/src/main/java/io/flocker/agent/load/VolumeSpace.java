package io.flocker.agent.load;

import io.flocker.agent.volume.VolumeDriver;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How much volumes hold. Storage has to walk through a volume to tell, so one is asked after the other, in the
/// background, and for no more than a small part of the time.
public final class VolumeSpace implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VolumeSpace.class);

    /// A rest is so many times as long as what was asked took, and at least so long.
    private static final int REST = 20;

    private static final long LEAST_REST_MILLIS = 500;
    private static final long ROUND_MILLIS = 60_000;

    private final VolumeDriver driver;
    private final Map<String, Long> usedBytes = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile Set<String> volumes = Set.of();

    public VolumeSpace(VolumeDriver driver) {
        this.driver = driver;
        thread = Thread.ofVirtual().name("space").start(this::run);
    }

    /// Asks of these from now on, by id.
    public void follow(Set<String> ids) {
        volumes = Set.copyOf(ids);
        usedBytes.keySet().retainAll(ids);
    }

    /// Bytes that a volume held when it was last asked; 0 if that is not known.
    public long usedBytes(String id) {
        return usedBytes.getOrDefault(id, 0L);
    }

    private void run() {
        try {
            while (true) {
                long begun = System.nanoTime();
                for (String id : volumes) {
                    TimeUnit.NANOSECONDS.sleep(ask(id));
                }
                long spent = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                TimeUnit.MILLISECONDS.sleep(Math.max(LEAST_REST_MILLIS, volumes.isEmpty() ? 0 : ROUND_MILLIS - spent));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return how long to rest, in nanoseconds
    private long ask(String id) {
        long begun = System.nanoTime();
        try {
            usedBytes.put(id, driver.usage(id).usedBytes());
        } catch (IOException e) {
            // It may just have gone, or its head is being made.
            log.atDebug()
                    .addKeyValue("volume", id)
                    .addKeyValue("reason", e.getMessage())
                    .log("Space is not known");
        }
        return Math.max(TimeUnit.MILLISECONDS.toNanos(LEAST_REST_MILLIS), REST * (System.nanoTime() - begun));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
