package io.flocker.control.api;

import io.flocker.core.access.Right;
import java.util.List;

/// One thing the API can do. Routes and the OpenAPI document are both made from the list of them.
///
/// @param method `GET`, `POST`, …
/// @param path with `{parameters}`
/// @param right what calling it takes
/// @param summary a sentence
/// @param query names of query parameters, each with a sentence after a colon
/// @param body what it reads; [Void] for nothing
/// @param answer what it answers with; [Void] for a stream
public record Endpoint(
        String method,
        String path,
        Right right,
        String summary,
        List<String> query,
        Class<?> body,
        Class<?> answer,
        Handler handler) {
    private static final String GET = "GET";

    /// @throws IllegalArgumentException if it could be called without it being known whose it changes
    public Endpoint {
        boolean one = path.contains("{environment}") || path.contains("{operation}");
        if (right == Right.CHANGE && !one) {
            throw new IllegalArgumentException(path + " changes an environment that it does not name");
        }
        if (right == Right.READ && !method.equals(GET)) {
            throw new IllegalArgumentException(method + " " + path + " takes more than to read");
        }
    }

    /// Whether who calls it is written down: whoever changes something, but not each piece of a command's input, nor
    /// each hint of a registry.
    boolean audits() {
        boolean changes = !method.equals(GET) && right != Right.NODE && right != Right.ANYBODY;
        return changes && !path.contains("{exec}") && !path.startsWith("/v2/webhooks/");
    }

    /// Does it.
    @FunctionalInterface
    public interface Handler {
        /// Returns an answer of the declared class, or has sent a stream itself and returns an empty string.
        Object handle(Call call) throws Exception;
    }
}
