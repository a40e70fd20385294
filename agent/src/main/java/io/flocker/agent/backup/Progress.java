package io.flocker.agent.backup;

import io.flocker.client.api.Backups;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// How far an errand is. Written by its thread, read by whoever asks.
final class Progress {
    private final Meter meter;
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile List<Backups.Backup> backups = List.of();
    private volatile long totalBytes;

    /// @param bytesPerSecond how fast it may go; 0 for no limit
    Progress(long bytesPerSecond) {
        meter = new Meter(bytesPerSecond);
    }

    Meter meter() {
        return meter;
    }

    /// Something that it did, or would do.
    void tell(String line) {
        told.add(line);
    }

    void found(List<Backups.Backup> found) {
        backups = List.copyOf(found);
    }

    void expect(long bytes) {
        totalBytes = bytes;
    }

    List<String> told() {
        return List.copyOf(told);
    }

    List<Backups.Backup> backups() {
        return backups;
    }

    long totalBytes() {
        return totalBytes;
    }
}
