package io.flocker.core.cut;

import java.util.List;

/// One attempt to take a checkpoint, as a node is told of it.
///
/// @param environment whose checkpoint it is
/// @param checkpoint its name
/// @param attempt tells attempts apart, all over the cluster and for ever
/// @param nodes the names of those that hold a volume of it, in order: they freeze at the same time. None if nothing
///     runs that could write
/// @param patienceMillis how long a node that is ready waits for the others before it lets its services go on
public record Cut(String environment, String checkpoint, String attempt, List<String> nodes, long patienceMillis) {
    /// How long nodes may take to hear of a cut, beside the commands that prepare it.
    public static final long GATHER_MILLIS = 10_000;

    /// What a node's steps and problems with it are about.
    public String subject() {
        return subject(environment, checkpoint);
    }

    public static String subject(String environment, String checkpoint) {
        return "checkpoint " + environment + "/" + checkpoint;
    }

    /// Whether anything may write meanwhile.
    public boolean concernsWriters() {
        return !nodes.isEmpty();
    }

    /// Whether nodes must meet for it.
    public boolean spansNodes() {
        return nodes.size() > 1;
    }
}
