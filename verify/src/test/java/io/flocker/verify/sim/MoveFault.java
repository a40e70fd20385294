package io.flocker.verify.sim;

/// What goes wrong in a move, for a while or until the move has ended.
enum MoveFault {
    CANCEL,
    PARTITION,
    TARGET_DOES_NOT_HEAR_SOURCE,
    SOURCE_DOES_NOT_HEAR_TARGET,
    SOURCE_AGENT_CRASHES,
    TARGET_AGENT_CRASHES,
    LEADER_CHANGES,
    SOURCE_LOSES_POWER,
    TARGET_LOSES_POWER,
    SOURCE_STAYS_AWAY,
    TARGET_STAYS_AWAY,
    SOURCE_IS_FULL,
    TARGET_IS_FULL,
    SOURCE_STAYS_FULL,
    TARGET_STAYS_FULL;

    /// Whether it goes on until the move has ended.
    boolean lasts() {
        return switch (this) {
            case SOURCE_STAYS_AWAY, TARGET_STAYS_AWAY, SOURCE_STAYS_FULL, TARGET_STAYS_FULL -> true;
            case CANCEL,
                    PARTITION,
                    TARGET_DOES_NOT_HEAR_SOURCE,
                    SOURCE_DOES_NOT_HEAR_TARGET,
                    SOURCE_AGENT_CRASHES,
                    TARGET_AGENT_CRASHES,
                    LEADER_CHANGES,
                    SOURCE_LOSES_POWER,
                    TARGET_LOSES_POWER,
                    SOURCE_IS_FULL,
                    TARGET_IS_FULL -> false;
        };
    }

    /// Whether it is over at once, so that a move goes on after it.
    boolean isBrief() {
        return this == SOURCE_AGENT_CRASHES || this == TARGET_AGENT_CRASHES || this == LEADER_CHANGES;
    }
}
