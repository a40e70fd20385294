package io.flocker.core.spec;

import java.util.Optional;
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
    /// @param maxSlowdownPercent how long their answers may take on average, in percent of what
    ///     those of the release before take meanwhile; empty for any time
    record Canary(int weightPercent, long forMillis, OptionalInt maxErrorsPerMille, OptionalInt maxSlowdownPercent)
            implements Strategy {
        /// So many requests say how many fail; fewer say nothing.
        public static final int LEAST_REQUESTS = 20;

        /// So many requests, of each release, say how long answers take; fewer say nothing.
        public static final int LEAST_TIMED = 100;

        /// A smaller difference between two averages may be chance, or how they are counted.
        public static final long LEAST_SLOWDOWN_MILLIS = 10;

        /// The bounds of what the user may say.
        public static final int MIN_SLOWDOWN_PERCENT = 110;
        public static final long MIN_FOR_MILLIS = 1_000;
        public static final long MAX_FOR_MILLIS = 86_400_000;

        public static final int MAX_SLOWDOWN_PERCENT = 10_000;

        public Canary(int weightPercent, long forMillis) {
            this(weightPercent, forMillis, OptionalInt.empty(), OptionalInt.empty());
        }

        /// The first of its numbers that is out of bounds, in words; empty if none is.
        Optional<String> objection() {
            if (weightPercent < 1 || weightPercent > 99) {
                return Optional.of("weight must be a whole number from 1 to 99, not " + weightPercent);
            }
            if (forMillis < MIN_FOR_MILLIS || forMillis > MAX_FOR_MILLIS) {
                return Optional.of("for must be from 1s to 24h, not " + forMillis + " ms");
            }
            int errors = maxErrorsPerMille.orElse(0);
            if (errors < 0 || errors > 1_000) {
                return Optional.of(
                        "max_errors must be a share of the requests from 0% to 100%, not " + errors + " of a thousand");
            }
            int slowdown = maxSlowdownPercent.orElse(MIN_SLOWDOWN_PERCENT);
            return slowdown < MIN_SLOWDOWN_PERCENT || slowdown > MAX_SLOWDOWN_PERCENT
                    ? Optional.of("max_slowdown must say how many times as long answers may take, from 1.1 to 100, not "
                            + slowdown + " %")
                    : Optional.empty();
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
