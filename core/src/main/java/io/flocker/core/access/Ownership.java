package io.flocker.core.access;

/// On what condition a command is carried out: that an environment is somebody's, or not there yet. It is looked at
/// again when the command is applied, as it may have been made by somebody else since it was asked for.
///
/// @param owner whose it must be
public record Ownership(String environment, String owner) {}
