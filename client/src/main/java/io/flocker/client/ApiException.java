package io.flocker.client;

import io.flocker.client.api.ProblemDetail;
import java.io.IOException;

/// The API refused or failed a request, and said why.
public final class ApiException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient ProblemDetail problem;

    private final long retryAfterSeconds;

    public ApiException(ProblemDetail problem) {
        this(problem, 0);
    }

    ApiException(ProblemDetail problem, long retryAfterSeconds) {
        super(problem.detail());
        this.problem = problem;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /// When to ask again, as the API said; 0 if it did not.
    long retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public ProblemDetail problem() {
        return problem;
    }
}
