package io.flocker.client.api;

import io.flocker.core.model.Event;
import java.util.List;

/// Answers that are not one of the things in [Status].
public final class Answers {
    private Answers() {}

    public record Version(String version, String api) {}

    public record Environments(List<Status.Environment> environments) {}

    public record Volumes(List<Status.Volume> volumes) {}

    public record Snapshots(List<Status.VolumeSnapshot> snapshots) {}

    public record Operations(List<Status.Operation> operations) {}

    public record Nodes(List<Status.Node> nodes) {}

    public record Events(List<Event> events) {}

    /// What a change started, or would do.
    ///
    /// @param operation the operation's id; empty when nothing was started
    /// @param changes step by step, in words
    public record Change(String operation, List<String> changes) {}
}
