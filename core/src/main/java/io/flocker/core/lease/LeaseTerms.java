package io.flocker.core.lease;

/// How long a lease is and what the proof of a single writer needs to know of the world.
///
/// T is `leaseMillis`, ρ `clockErrorPpm` / 10⁶, F `fencingMillis`. Within a real time d every clock moves by at least
/// d(1−ρ) and at most d(1+ρ). A node writes until `t_send + T(1−ρ) − F` of its own clock, then is silent within F: in
/// real time no longer than T after it sent. The leader raises the epoch no earlier than T(1+ρ) of its own clock after
/// it granted: in real time no earlier than T. What is sent comes before what is granted, so the old writer is silent
/// before the new one begins.
///
/// T and ρ are the whole cluster's; a leader that grants less than the one before it must still wait for the longer
/// one. F is each node's own, and measured.
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

    public static final LeaseTerms USUAL = new LeaseTerms(4_000, 10_000, 1_000, 1_000, 1_500);

    /// @throws IllegalArgumentException if a lease could lapse although every report arrives in time
    public LeaseTerms {
        if (leaseMillis <= 0 || leaseMillis > MOST_LEASE_MILLIS || clockErrorPpm < 0 || clockErrorPpm >= MILLION) {
            throw new IllegalArgumentException("A lease of " + leaseMillis + " ms with clocks wrong by " + clockErrorPpm
                    + " ppm cannot be; it is 1 ms to " + MOST_LEASE_MILLIS + " ms, with less than 1000000 ppm");
        }
        long writing = leaseMillis * (MILLION - clockErrorPpm) / MILLION - fencingMillis;
        if (periodMillis + timeoutMillis >= writing) {
            throw new IllegalArgumentException("A node reports every " + periodMillis + " ms and waits " + timeoutMillis
                    + " ms for an answer, together " + (periodMillis + timeoutMillis)
                    + " ms; that must be less than the " + writing + " ms it may write after a report (lease "
                    + leaseMillis + " ms, less " + clockErrorPpm + " ppm of clock error and " + fencingMillis
                    + " ms of fencing). Make the lease longer, or fencing or the period shorter");
        }
    }

    // Millionths of a millisecond are nanoseconds: nothing is rounded.

    /// How long a node may write by its own clock after it sent what was granted for `grantedMillis`: T(1−ρ) − F.
    long holdNanos(long grantedMillis) {
        return grantedMillis * (MILLION - clockErrorPpm) - fencingMillis * NANOS_PER_MILLI;
    }

    /// How long a leader waits by its own clock after it granted: T(1+ρ).
    public long waitNanos() {
        return leaseMillis * (MILLION + clockErrorPpm);
    }
}
