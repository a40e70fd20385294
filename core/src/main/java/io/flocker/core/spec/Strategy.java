package io.flocker.core.spec;

/// How the instances of a service follow each other at an upgrade, if not some at a time. Only where two releases can
/// be there at once ([ServiceSpec#runsTwice]).
public sealed interface Strategy {
    /// All new ones start beside the old ones, and get the requests together once every one of them serves.
    record BlueGreen() implements Strategy {}

    /// What a user calls it.
    default String word() {
        return switch (this) {
            case BlueGreen _ -> "blue-green";
        };
    }
}
