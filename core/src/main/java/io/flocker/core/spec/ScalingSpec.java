package io.flocker.core.spec;

/// How the number of a service's instances follows its load. Not part of a release.
///
/// @param min the fewest instances
/// @param max the most
/// @param requestsPerSecond what an instance is to serve; 0 for any
/// @param cpuPercent how much of its processor time an instance is to use; 0 for any
public record ScalingSpec(int min, int max, int requestsPerSecond, int cpuPercent) {}
