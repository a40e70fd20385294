package io.flocker.core.model;

/// Something a user would want to know of, told once.
///
/// @param sequence counts from 1 in the cluster
/// @param subject what it happened to (`production/web`, `node n1`)
/// @param text a sentence
public record Event(long sequence, long atMillis, String environment, String subject, String text) {}
