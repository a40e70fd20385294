package io.flocker.agent.volume;

/// When a volume's limit is almost reached: its program is about to be refused writes.
final class Fullness {
    private static final int WORTH_TELLING_PERCENT = 90;

    private Fullness() {}

    /// What to tell of a head that takes `usedBytes` of its `limitBytes` (0 for no limit); empty for nothing.
    static String problem(long usedBytes, long limitBytes) {
        long percent = limitBytes <= 0 ? 0 : Math.round(100.0 * usedBytes / limitBytes);
        return percent < WORTH_TELLING_PERCENT
                ? ""
                : percent + " % of its size limit is taken; flocker volume resize gives it more";
    }
}
