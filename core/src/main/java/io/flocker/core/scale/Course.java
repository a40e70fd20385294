package io.flocker.core.scale;

import java.util.ArrayDeque;
import java.util.Deque;

/// What was desired of a service lately, and what may follow from it: more soon, fewer only if fewer were enough for
/// long. One thread's.
final class Course {
    /// More must have been desired for so long: a moment's peak is over before an instance has started.
    static final long UP_AFTER_MILLIS = 5_000;

    /// So long after more were started, what they changed is not seen yet.
    static final long ROUND_MILLIS = 15_000;

    /// In one round, the number at most doubles or grows by so many, whichever is more.
    static final int MOST_MORE = 4;

    /// What was desired at a moment.
    private record Wish(long atMillis, int count) {}

    /// The latest wishes, none smaller than a later one: the first is the largest.
    private final Deque<Wish> largest = new ArrayDeque<>();
    /// The latest wishes, none larger than a later one: the first is the smallest.
    private final Deque<Wish> smallest = new ArrayDeque<>();

    private int count;
    private long grewAtMillis;

    /// Begins with what there is, as if it had been desired until now.
    Course(int count, long nowMillis) {
        this.count = count;
        grewAtMillis = nowMillis - ROUND_MILLIS;
        hold(count, nowMillis);
    }

    /// Something else than the load decides, and decided on `count`: that stays for a while.
    void hold(int present, long nowMillis) {
        count = present;
        largest.clear();
        smallest.clear();
        add(present, nowMillis);
    }

    private void add(int desired, long nowMillis) {
        var wish = new Wish(nowMillis, desired);
        while (!largest.isEmpty() && largest.getLast().count() <= desired) {
            largest.removeLast();
        }
        largest.addLast(wish);
        while (!smallest.isEmpty() && smallest.getLast().count() >= desired) {
            smallest.removeLast();
        }
        smallest.addLast(wish);
    }

    /// How many there should be from now on.
    ///
    /// @param present how many there are
    /// @param downAfterMillis as in [io.flocker.core.spec.Autoscale#downAfterMillis]
    int next(int present, int desired, long downAfterMillis, long nowMillis) {
        if (present != count) {
            hold(present, nowMillis);
        }
        add(desired, nowMillis);
        forget(largest, nowMillis - downAfterMillis);
        forget(smallest, nowMillis - UP_AFTER_MILLIS);
        int up = smallest.getFirst().count();
        int down = largest.getFirst().count();
        if (up > present && nowMillis - grewAtMillis >= ROUND_MILLIS) {
            return Math.min(up, Math.max(2 * present, present + MOST_MORE));
        }
        return Math.min(down, present);
    }

    /// A wish counts until it is so old; the last one always.
    private static void forget(Deque<Wish> wishes, long beforeMillis) {
        while (wishes.size() > 1 && wishes.getFirst().atMillis() <= beforeMillis) {
            wishes.removeFirst();
        }
    }

    /// It was decided so.
    void decided(int next, long nowMillis) {
        grewAtMillis = next > count ? nowMillis : grewAtMillis;
        count = next;
    }
}
