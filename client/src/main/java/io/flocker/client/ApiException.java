package io.flocker.client;

import io.flocker.client.api.ProblemDetail;
import java.io.IOException;

/// The API refused or failed a request, and said why.
public final class ApiException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient ProblemDetail problem;

    public ApiException(ProblemDetail problem) {
        super(problem.detail());
        this.problem = problem;
    }

    public ProblemDetail problem() {
        return problem;
    }
}
