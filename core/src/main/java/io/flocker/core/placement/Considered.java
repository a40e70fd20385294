package io.flocker.core.placement;

import java.util.Optional;

/// A node that was looked at for something.
///
/// @param objection why it cannot be there, in words; empty if it can
/// @param score what speaks against it beside others; without terms if it cannot be there
public record Considered(String node, Optional<String> objection, Score score) {}
