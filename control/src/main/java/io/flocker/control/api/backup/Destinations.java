package io.flocker.control.api.backup;

import io.flocker.client.api.Backups;
import io.flocker.control.api.Call;
import io.flocker.control.api.Decisions;
import io.flocker.control.api.NodeCalls;
import io.flocker.control.api.Refusal;
import io.flocker.core.access.Right;
import java.io.IOException;
import java.util.Set;

/// Who may use which destination, and which node goes there.
final class Destinations {
    private final Decisions decisions;
    private final NodeCalls nodes;

    Destinations(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    /// A daemon reads and writes folders as root, and may have credentials that are for
    /// everybody's backups: neither is for developers.
    void refuseReach(Call call, Backups.Destination destination) throws Refusal {
        boolean folder = isFolder(destination);
        if ((folder || destination.login().ofTheDaemon())
                && !call.asker().role().may(Right.OPERATE, false)) {
            throw Refusal.of(
                    403,
                    "forbidden",
                    "Not yours",
                    call.by() + " (" + call.asker().role().word() + ") may not use "
                            + (folder ? "a folder of a node" : "the daemon's own credentials for S3")
                            + " for backups; " + (folder ? "use a bucket (s3://)" : "give your own (--s3-credentials)")
                            + ", or ask an operator");
        }
    }

    private static boolean isFolder(Backups.Destination destination) {
        return !destination.url().startsWith("s3://");
    }

    /// The node that is to look into a destination.
    ///
    /// @param given the one that the user wants; empty for any
    String node(Backups.Destination destination, String given) throws Refusal {
        Set<String> all = decisions.state().nodes().keySet();
        if (!given.isEmpty()) {
            if (!all.contains(given)) {
                throw Refusal.notFound("There is no node " + given + "; there " + (all.size() == 1 ? "is " : "are ")
                        + String.join(", ", all));
            }
            return given;
        }
        if (isFolder(destination) && all.size() > 1) {
            throw Refusal.invalid(destination.url() + " is a folder of one node; say of which with --node ("
                    + String.join(", ", all) + ")");
        }
        return all.stream().findFirst().orElseThrow(() -> Refusal.notFound("There is no node"));
    }

    /// Has a node begin with it.
    Backups.Errand begin(Call call, String node, Backups.Task task) throws Refusal, IOException, InterruptedException {
        refuseReach(call, task.destination());
        return nodes.post(node, "/agent/errands", new Backups.Order(call.by(), task), Backups.Errand.class);
    }
}
