package io.flocker.client.api;

/// Why a request was refused or failed, as RFC 9457 writes it (`application/problem+json`).
///
/// @param type a word for programs: `invalid`, `not-found`, `conflict`, `stale`, `forbidden`, `too-large`,
///     `busy`, `internal`
/// @param detail what was tried, on what, why not, what to do
public record ProblemDetail(String type, String title, int status, String detail) {
    /// The status of what is refused only for now: too much waits to be written down.
    public static final int BUSY = 429;
}
