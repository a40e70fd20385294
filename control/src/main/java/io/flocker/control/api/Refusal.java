package io.flocker.control.api;

import io.flocker.client.api.ProblemDetail;
import io.flocker.core.cluster.Outcome;

/// A request that gets no for an answer. Carried to the HTTP edge, where it becomes a problem document.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final transient ProblemDetail problem;

    private Refusal(ProblemDetail problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    ProblemDetail problem() {
        return problem;
    }

    public static Refusal of(int status, String type, String title, String detail) {
        return new Refusal(new ProblemDetail(type, title, status, detail));
    }

    public static Refusal of(Outcome.Refused refused) {
        return switch (refused.reason()) {
            case INVALID -> invalid(refused.message());
            case NOT_FOUND -> notFound(refused.message());
            case CONFLICT -> of(409, "conflict", "Not as things are", refused.message());
            case STALE -> of(412, "stale", "Changed meanwhile", refused.message());
        };
    }

    public static Refusal invalid(String detail) {
        return of(422, "invalid", "The request is wrong", detail);
    }

    public static Refusal notFound(String detail) {
        return of(404, "not-found", "No such thing", detail);
    }
}
