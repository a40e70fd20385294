package io.flocker.agent.proxy;

/// How long a server takes until it begins to answer, as HAProxy 2.6 keeps it (`src/stream.c`,
/// `stream_update_time_stats`; `include/haproxy/freq_ctr.h`, `swrate_add_dynamic`): the sum of the first
/// [#SAMPLES] requests; from then on, each request takes a part of that away and adds its own. It shows the
/// average as `rtime`, in whole milliseconds.
///
/// @param requests that were counted
/// @param sumMillis of as many of them as the average is of
record Pace(long requests, double sumMillis) {
    /// `TIME_STATS_SAMPLES` of HAProxy.
    static final int SAMPLES = 512;

    static final Pace NONE = new Pace(0, 0);

    /// What the counters of a server show.
    static Pace shown(long requests, long averageMillis) {
        return new Pace(requests, (double) averageMillis * Math.min(requests, SAMPLES));
    }

    /// How many requests came after `before`; none if the count began anew.
    long since(Pace before) {
        return Math.max(0, requests - before.requests);
    }

    /// The average of those requests alone, in milliseconds: what was there before is taken out again. Of so many that
    /// the average forgets some, the latest count the most. With few requests after many, as inexact as whole
    /// milliseconds make it: with 100, to about 3 ms.
    double millisSince(Pace before) {
        long summed = Math.min(requests, SAMPLES) - Math.min(before.requests, SAMPLES);
        double left = Math.pow(1 - 1.0 / SAMPLES, (double) (since(before) - summed));
        double weight = summed * left + SAMPLES * (1 - left);
        return weight <= 0 ? 0 : Math.max(0, (sumMillis - before.sumMillis * left) / weight);
    }
}
