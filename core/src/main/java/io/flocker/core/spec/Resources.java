package io.flocker.core.spec;

/// What an instance may use at most, and what is set aside for it. 0 means no limit and nothing set aside.
///
/// @param memoryBytes limit
/// @param milliCpus limit, in thousandths of a CPU
public record Resources(long memoryBytes, long milliCpus, long reservedMemoryBytes, long reservedMilliCpus, long pids) {
    public static final Resources UNLIMITED = new Resources(0, 0, 0, 0, 0);
}
