package io.flocker.core.lease;

import java.util.Optional;

/// How long a lease is and what the proof of a single writer needs to know of the world.
///
/// T is `leaseMillis`, ρ `clockErrorPpm` / 10⁶, F `fencingMillis`. Within a real time d every clock moves by at least
/// d(1−ρ) and at most d(1+ρ). A node writes until `t_send + T(1−ρ) − F` of its own clock, then is silent within F: in
/// real time no longer than T after it sent. The leader raises the epoch no earlier than T(1+ρ) of its own clock after
/// it granted: in real time no earlier than T. What is sent comes before what is granted, so the old writer is silent
/// before the new one begins.
///
/// T and ρ are the whole cluster's; a leader that grants less than the one before it must still wait for the longer
/// one. F is each node's own, and measured: never less than `fencingMillis`.
///
/// @param leaseMillis T
/// @param clockErrorPpm by how many millionths a clock may run fast or slow
/// @param fencingMillis F, the longest that stopping every writer takes
/// @param periodMillis between two reports
/// @param timeoutMillis after which a report counts as lost
public record LeaseTerms(
        long leaseMillis, int clockErrorPpm, long fencingMillis, long periodMillis, long timeoutMillis) {
    private static final long MILLION = 1_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// Longer ones would overflow, and nobody waits for a failover of an hour.
    private static final long MOST_LEASE_MILLIS = 3_600_000;

    /// Long enough for another leader to be elected and heard (within about 3 s) while a lease of the one before runs:
    /// the least that is left of it then is `T(1−ρ) − F − period`, 2.95 s, and what a report took.
    public static final LeaseTerms USUAL = new LeaseTerms(5_000, 10_000, 1_000, 1_000, 1_500);

    /// @throws IllegalArgumentException if a lease could lapse although every report arrives in time
    public LeaseTerms {
        if (leaseMillis <= 0 || leaseMillis > MOST_LEASE_MILLIS || clockErrorPpm < 0 || clockErrorPpm >= MILLION) {
            throw new IllegalArgumentException("A lease of " + leaseMillis + " ms with clocks wrong by " + clockErrorPpm
                    + " ppm cannot be; it is 1 ms to " + MOST_LEASE_MILLIS + " ms, with less than 1000000 ppm");
        }
        long writing = leaseMillis * (MILLION - clockErrorPpm) / MILLION - fencingMillis;
        if (periodMillis + timeoutMillis >= writing) {
            throw new IllegalArgumentException(
                    lapse(writing, leaseMillis, clockErrorPpm, fencingMillis, periodMillis, timeoutMillis));
        }
    }

    /// Why a lease could lapse although every report arrives in time, if stopping takes so long; empty if it cannot.
    public Optional<String> objection(long measuredFencingMillis) {
        long writing = leaseMillis * (MILLION - clockErrorPpm) / MILLION - measuredFencingMillis;
        return periodMillis + timeoutMillis >= writing
                ? Optional.of(
                        lapse(writing, leaseMillis, clockErrorPpm, measuredFencingMillis, periodMillis, timeoutMillis))
                : Optional.empty();
    }

    private static String lapse(
            long writing, long leaseMillis, int ppm, long fencingMillis, long periodMillis, long timeoutMillis) {
        return "A node reports every " + periodMillis + " ms and waits " + timeoutMillis
                + " ms for an answer, together " + (periodMillis + timeoutMillis) + " ms; that must be less than the "
                + writing + " ms it may write after a report (lease " + leaseMillis + " ms, less " + ppm
                + " ppm of clock error and " + fencingMillis
                + " ms of fencing). Make the lease longer, or fencing or the period shorter";
    }

    // Millionths of a millisecond are nanoseconds: nothing is rounded.

    /// How long a node may write by its own clock after it sent what was granted for `grantedMillis`: T(1−ρ) − F.
    ///
    /// @param nodesFencingMillis the node's own F
    long holdNanos(long grantedMillis, long nodesFencingMillis) {
        return grantedMillis * (MILLION - clockErrorPpm) - nodesFencingMillis * NANOS_PER_MILLI;
    }

    /// How long a leader waits by its own clock after it granted: T(1+ρ).
    public long waitNanos() {
        return leaseMillis * (MILLION + clockErrorPpm);
    }
}
