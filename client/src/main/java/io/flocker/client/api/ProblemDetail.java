package io.flocker.client.api;

/// Why a request was refused or failed, as RFC 9457 writes it (`application/problem+json`).
///
/// @param type a word for programs: `invalid`, `not-found`, `conflict`, `stale`, `forbidden`, `too-large`, `internal`
/// @param detail what was tried, on what, why not, what to do
public record ProblemDetail(String type, String title, int status, String detail) {}
