package io.flocker.cli.compose;

import io.flocker.cli.compose.text.Complaint;
import java.util.List;
import java.util.stream.Collectors;

/// Compose files that cannot be used. Its message has one line for each complaint.
public final class ComposeException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<Complaint> complaints;

    public ComposeException(List<Complaint> complaints) {
        super(complaints.stream().map(Complaint::toString).collect(Collectors.joining("\n")));
        this.complaints = List.copyOf(complaints);
    }

    /// By file, line and column; at most [Complaints#MAX].
    public List<Complaint> complaints() {
        return complaints;
    }
}
