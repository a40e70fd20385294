package io.flocker.agent.volume;

/// Called by a driver between any two steps that change the pool, so that a test can stop it there as a crash would.
@FunctionalInterface
interface CrashPoint {
    CrashPoint NONE = done -> {};

    /// `done` is what was just done.
    void after(String done);
}
