package io.flocker.verify.sim;

/// How badly the world behaves; switched off for the end of a run.
final class Faults {
    private final Timeline time;
    private final double lost;
    private final double failing;
    private final double crashing;
    private final double jumping;
    private final String sick;
    private boolean on = true;

    Faults(Timeline time) {
        this.time = time;
        lost = time.between(0, 30) / 100.0;
        failing = time.between(0, 30) / 100.0;
        crashing = time.between(0, 10) / 100.0;
        jumping = time.between(0, 40) / 100.0;
        sick = "n" + time.between(1, 8);
    }

    void stop() {
        on = false;
    }

    boolean goOn() {
        return on;
    }

    boolean messageLost() {
        return on && time.chance(lost);
    }

    boolean stepFails() {
        return on && time.chance(failing);
    }

    /// On a sick node nothing stays up, so that moves to it go back.
    boolean containerFails(String node) {
        return on && time.chance(node.equals(sick) ? 0.9 : failing / 2);
    }

    boolean crashes() {
        return on && time.chance(crashing);
    }

    /// How long a step takes, in virtual milliseconds: now and then very long.
    int duration() {
        return on && time.chance(0.1) ? time.between(500, 5_000) : time.between(1, 80);
    }

    /// By how much clocks jump, in milliseconds: up to two hours either way, and seldom.
    long clockJump() {
        return on && time.chance(jumping) ? time.between(-7_200_000, 7_200_000) : 0;
    }

    int delay() {
        return on && time.chance(0.05) ? time.between(200, 3_000) : time.between(1, 20);
    }
}
