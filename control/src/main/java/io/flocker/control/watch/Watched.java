package io.flocker.control.watch;

import io.flocker.core.plan.Problem;
import java.util.Optional;

/// A service that follows its image's name, and when its registry is asked next. Its [Watcher] owns it, and holds its
/// lock whenever it touches it.
final class Watched {
    /// The longest wait after failures, unless the interval is longer.
    static final long MAX_BACK_OFF_MILLIS = 15 * 60_000;

    /// The least time between two questions, whatever the hints.
    static final long LEAST_GAP_MILLIS = 5_000;

    /// How far the next question may be off the interval, so that not all come at once.
    static final double JITTER = 0.1;

    final Subject subject;
    /// What the registry said last; empty before the first answer.
    String digest = "";

    long dueMillis;
    boolean asking;
    private boolean hinted;
    private boolean everAsked;
    private long askedMillis;
    private int failures;
    private String failure = "";

    /// What is watched. Another image or interval is another one.
    record Subject(String environment, String service, String image, long intervalMillis) {
        String name() {
            return environment + "/" + service;
        }
    }

    Watched(Subject subject, long dueMillis) {
        this.subject = subject;
        this.dueMillis = dueMillis;
    }

    /// Whether to ask now. A clock that was set back must not put it off for longer than it ever waits.
    boolean isDue(long nowMillis) {
        long longest = Math.max(MAX_BACK_OFF_MILLIS, subject.intervalMillis()) * 2;
        return !asking && (nowMillis >= dueMillis || dueMillis - nowMillis > longest);
    }

    void begin(long nowMillis) {
        asking = true;
        hinted = false;
        everAsked = true;
        askedMillis = nowMillis;
    }

    /// Somebody says that there is news: asks at once, but not more often than [#LEAST_GAP_MILLIS].
    void hint(long nowMillis) {
        hinted = true;
        dueMillis = everAsked ? Math.max(nowMillis, askedMillis + LEAST_GAP_MILLIS) : nowMillis;
    }

    /// @param chance from 0 to 1
    void succeeded(long nowMillis, double chance) {
        failures = 0;
        failure = "";
        next(nowMillis, subject.intervalMillis(), chance);
    }

    /// @param chance from 0 to 1
    void failed(String why, long nowMillis, double chance) {
        failures++;
        failure = why;
        next(nowMillis, backOffMillis(subject.intervalMillis(), failures), chance);
    }

    /// Something else is at work: soon again.
    void putOff(long nowMillis) {
        next(nowMillis, LEAST_GAP_MILLIS, 0.5);
    }

    private void next(long nowMillis, long waitMillis, double chance) {
        asking = false;
        long wait = (long) (waitMillis * (1 - JITTER + 2 * JITTER * chance));
        dueMillis = hinted ? Math.max(nowMillis, askedMillis + LEAST_GAP_MILLIS) : nowMillis + wait;
    }

    /// How long to wait after so many failures in a row: twice as long each time.
    static long backOffMillis(long intervalMillis, int failures) {
        long doubled = intervalMillis << Math.min(failures, 20);
        return Math.max(intervalMillis, Math.min(doubled, MAX_BACK_OFF_MILLIS));
    }

    /// That the registry did not answer, or that its answer could not be followed.
    Optional<Problem> problem() {
        return failures == 0 ? Optional.empty() : Optional.of(problem(failure, false, failures, dueMillis));
    }

    Problem problem(String why, boolean lasting, int attempts, long retryAtMillis) {
        return new Problem(
                subject.name(), "follow " + subject.image(), why, lasting, attempts, askedMillis, retryAtMillis);
    }
}
