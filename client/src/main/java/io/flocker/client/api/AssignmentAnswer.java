package io.flocker.client.api;

import io.flocker.core.plan.Assignment;

/// A node's assignment, numbered by the leader; a later leader's numbers are higher.
public record AssignmentAnswer(long revision, Assignment assignment) {}
