package io.flocker.verify.bench;

/// What is measured.
///
/// @param what one line about it and its reference, for people
/// @param unit of the value and of the reference
public record Figure(String name, String what, String unit, Target target) {}
