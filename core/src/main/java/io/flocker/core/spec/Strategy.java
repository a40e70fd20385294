package io.flocker.core.spec;

import java.util.OptionalInt;

/// How the instances of a service follow each other at an upgrade, if not some at a time. Only where two releases can
/// be there at once ([ServiceSpec#runsTwice]).
public sealed interface Strategy {
    /// All new ones start beside the old ones, and get the requests together once every one of them serves.
    record BlueGreen() implements Strategy {}

    /// A few new ones start beside old ones and get a share of the requests. The rest follows some at a
    /// time once they have served for a while; until then, what they are beside stays.
    ///
    /// @param weightPercent the new release's share of the requests, 1 to 99
    /// @param forMillis how long the few must serve
    /// @param maxErrorsPerMille how many of a thousand of their requests may fail; empty for any
    record Canary(int weightPercent, long forMillis, OptionalInt maxErrorsPerMille) implements Strategy {
        /// So many requests say how many fail; fewer say nothing.
        public static final int LEAST_REQUESTS = 20;

        public Canary(int weightPercent, long forMillis) {
            this(weightPercent, forMillis, OptionalInt.empty());
        }

        /// How many of `count` instances try a release: about its share, and at least one.
        public int instances(int count) {
            return Math.max(1, Math.ceilDiv(count * weightPercent, 100));
        }
    }

    /// What a user calls it.
    default String word() {
        return switch (this) {
            case BlueGreen _ -> "blue-green";
            case Canary _ -> "canary";
        };
    }
}
