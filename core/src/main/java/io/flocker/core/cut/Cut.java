package io.flocker.core.cut;

import java.util.List;

/// One attempt to take a checkpoint, or snapshots for replicas that belong together, as a node is told of it.
///
/// @param environment whose checkpoint it is
/// @param checkpoint its name; empty for replicas
/// @param attempt tells attempts at checkpoints apart, all over the cluster and for ever; for
///     replicas the id of one of the volumes, always the same one
/// @param nodes the names of those that hold a volume of it, in order: they freeze at the same time. None if nothing
///     runs that could write
/// @param patienceMillis how long a node that is ready waits for the others before it lets its services go on
public record Cut(String environment, String checkpoint, String attempt, List<String> nodes, long patienceMillis) {
    /// How long nodes may take to hear of a cut, beside the commands that prepare it.
    public static final long GATHER_MILLIS = 10_000;

    private static final String REPLICAS = "replicas of ";
    private static final String CHECKPOINT = "checkpoint ";

    /// Of volumes on one node, for their replicas.
    ///
    /// @param first the id of one of them, always the same
    public static Cut ofRound(String environment, String first, String node) {
        return new Cut(environment, "", first, List.of(node), 0);
    }

    /// Whether it is not of a checkpoint: no service is asked to prepare for it.
    public boolean forReplicas() {
        return checkpoint.isEmpty();
    }

    /// What a node's steps and problems with it are about.
    public String subject() {
        return forReplicas() ? REPLICAS + attempt : subject(environment, checkpoint);
    }

    /// Whether steps about `subject` take snapshots of several volumes. Until they are over, nobody knows whether what
    /// they took stays: together with others, or not at all.
    public static boolean isSubject(String subject) {
        return subject.startsWith(REPLICAS) || subject.startsWith(CHECKPOINT);
    }

    public static String subject(String environment, String checkpoint) {
        return CHECKPOINT + environment + "/" + checkpoint;
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
