package io.flocker.core.delta;

import io.flocker.core.plan.Assignment;

/// A node's assignment, numbered by the leader; a later leader's numbers are higher.
///
/// @param revision 0 for none
public record Assigned(long revision, Assignment assignment) {
    /// Before anything was told.
    public static final Assigned NOTHING = new Assigned(0, Assignment.NOTHING);
}
