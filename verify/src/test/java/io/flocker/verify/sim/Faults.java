package io.flocker.verify.sim;

/// How badly the world behaves; switched off for the end of a run.
public final class Faults {
    private final Timeline time;
    private final double lost;
    private final double failing;
    private final double crashing;
    private final double jumping;
    private String sick;
    private double sickness = 0.9;
    private boolean on = true;

    public Faults(Timeline time) {
        this(time, time.between(0, 30), time.between(0, 30), time.between(0, 10), time.between(0, 40));
        sick = "n" + time.between(1, 8);
    }

    private Faults(Timeline time, int lost, int failing, int crashing, int jumping) {
        this.time = time;
        this.lost = lost / 100.0;
        this.failing = failing / 100.0;
        this.crashing = crashing / 100.0;
        this.jumping = jumping / 100.0;
        sick = "";
    }

    /// Nothing goes wrong but what somebody lets go wrong.
    static Faults none(Timeline time) {
        return new Faults(time, 0, 0, 0, 0);
    }

    /// From now on nothing stays up on `node`; on none if that is empty.
    void makeSick(String node) {
        sick = node;
        sickness = 1;
    }

    public void stop() {
        on = false;
    }

    public boolean goOn() {
        return on;
    }

    public boolean messageLost() {
        return on && time.chance(lost);
    }

    boolean stepFails() {
        return on && time.chance(failing);
    }

    /// On a sick node nothing stays up, so that moves to it go back.
    boolean containerFails(String node) {
        return on && time.chance(node.equals(sick) ? sickness : failing / 2);
    }

    /// How long a container stays up that fails, in virtual milliseconds: on a node made sick never until it serves.
    int lifetime(String node) {
        return node.equals(sick) && sickness == 1 ? time.between(1, 80) : duration();
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

    public int delay() {
        return on && time.chance(0.05) ? time.between(200, 3_000) : time.between(1, 20);
    }
}
