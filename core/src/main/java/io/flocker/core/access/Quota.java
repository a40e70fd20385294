package io.flocker.core.access;

/// How much of the cluster somebody, or one environment, may have. 0 is no limit.
///
/// @param environments how many; of no meaning for an environment
/// @param memoryBytes what all instances may set aside together
/// @param dataBytes what volumes may hold that they share with nothing else
public record Quota(long environments, long memoryBytes, long dataBytes) {
    public static final Quota NONE = new Quota(0, 0, 0);
}
