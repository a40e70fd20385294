package io.flocker.core.plan;

/// A step that failed, and when it is tried again.
///
/// @param subject what the step was about (`image postgres:15`, `production/web.1`, `volume v-12`, `node` for all of
/// it)
/// @param step the verb (`pull`, `start`)
/// @param message why not, and what to do
/// @param lasting whether trying again cannot help (no such image): who waits for it may give up
/// @param attempts how often it failed in a row
public record Problem(
        String subject, String step, String message, boolean lasting, int attempts, long atMillis, long retryAtMillis) {
    /// The subject of a problem with a node as a whole.
    public static final String NODE = "node";

    /// The step of a problem with the lease under which a node's containers write.
    public static final String GUARD = "guard";

    /// A step that failed so often in a row, in about two seconds, is not going to succeed soon.
    private static final int HOPELESS_ATTEMPTS = 4;

    public boolean hopeless() {
        return lasting || attempts >= HOPELESS_ATTEMPTS;
    }

    public boolean aboutNode() {
        return subject.equals(NODE);
    }

    /// Whether the node cannot keep its lease as it should.
    public boolean aboutLease() {
        return aboutNode() && step.equals(GUARD);
    }

    /// The same, where what is wrong is `node` itself and others are to know which.
    public Problem on(String node) {
        return aboutNode()
                ? new Problem(NODE + " " + node, step, message, lasting, attempts, atMillis, retryAtMillis)
                : this;
    }
}
