package io.flocker.core.spec;

import java.util.List;

/// What a service does around a checkpoint of its environment, in its first container on each node. Not part of a
/// release.
///
/// @param before run while the service still runs, as arguments; a checkpoint is not taken unless it ends with exit
///     code 0. Empty for nothing
/// @param after run when the service goes on, also if the checkpoint was not taken. Empty for nothing
/// @param timeoutMillis how long each of them may take
public record QuiesceSpec(List<String> before, List<String> after, long timeoutMillis) {
    public static final long TIMEOUT_MILLIS = 10_000;

    public static final long MAX_TIMEOUT_MILLIS = 300_000;
}
