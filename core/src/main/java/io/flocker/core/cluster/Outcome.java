package io.flocker.core.cluster;

/// The answer to a command.
public sealed interface Outcome {
    /// The cluster is now `state`.
    record Accepted(ClusterState state) implements Outcome {}

    /// Nothing changed.
    ///
    /// @param reason what kind of refusal it is
    /// @param message what was asked, on what, why not, and what to do
    record Refused(Reason reason, String message) implements Outcome {}

    enum Reason {
        /// The request itself is wrong.
        INVALID,
        /// What it names does not exist.
        NOT_FOUND,
        /// It cannot be done as things are.
        CONFLICT,
        /// The environment is not at the version the request was made for.
        STALE
    }
}
