package io.flocker.verify.bench;

import java.io.IOException;

/// Times things by the wall clock.
public final class Stopwatch {
    private Stopwatch() {}

    /// Something that takes time.
    public interface Task {
        void run() throws IOException, InterruptedException;
    }

    public static double millis(Task task) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        task.run();
        return (System.nanoTime() - begun) / 1e6;
    }
}
