package io.flocker.verify.sim;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Virtual time: events in order, chance from one seed.
public final class Timeline {
    private record Event(long atMillis, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom random;
    private long nowMillis = 1_000_000;
    private long numbers;
    private long offset = 100_000_000;

    public Timeline(long seed) {
        random = new SplittableRandom(seed);
    }

    public long now() {
        return nowMillis;
    }

    /// What clocks on walls show: somebody may have set them.
    long clock() {
        return nowMillis + offset;
    }

    /// Sets the clock forward, or back if `millis` is negative.
    void set(long millis) {
        offset += millis;
    }

    public void after(long millis, Runnable action) {
        events.add(new Event(nowMillis + millis, numbers++, action));
    }

    /// Runs the next event.
    ///
    /// @return whether there was one
    public boolean step() {
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        nowMillis = event.atMillis();
        event.action().run();
        return true;
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    public int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }
}
