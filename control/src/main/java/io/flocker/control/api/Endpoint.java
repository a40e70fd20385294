package io.flocker.control.api;

import java.util.List;

/// One thing the API can do. Routes and the OpenAPI document are both made from the list of them.
///
/// @param method `GET`, `POST`, …
/// @param path with `{parameters}`
/// @param access who may call it
/// @param summary a sentence
/// @param query names of query parameters, each with a sentence after a colon
/// @param body what it reads; [Void] for nothing
/// @param answer what it answers with; [Void] for a stream
public record Endpoint(
        String method,
        String path,
        Access access,
        String summary,
        List<String> query,
        Class<?> body,
        Class<?> answer,
        Handler handler) {

    /// Who may call.
    public enum Access {
        USER,
        NODE,
        /// Machines that are no nodes yet.
        ANYBODY
    }

    /// Does it.
    @FunctionalInterface
    public interface Handler {
        /// Returns an answer of the declared class, or has sent a stream itself and returns an empty string.
        Object handle(Call call) throws Exception;
    }
}
