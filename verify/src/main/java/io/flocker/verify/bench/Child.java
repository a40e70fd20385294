package io.flocker.verify.bench;

import java.io.IOException;

/// A process that ends with this one at the latest.
public final class Child implements AutoCloseable {
    private final Process process;
    private final Thread atExit;

    public Child(ProcessBuilder builder) throws IOException {
        process = builder.start();
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    public Process process() {
        return process;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // Already shutting down: the hook has run, or will and finds nothing.
        }
    }
}
