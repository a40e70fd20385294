package io.flocker.core.model;

/// A service's numbered specification. Never changed once made.
///
/// @param number counts from 1 within the service
/// @param operation the operation that made it
public record Release(int number, ServiceSpec spec, long createdAtMillis, String operation) {}
