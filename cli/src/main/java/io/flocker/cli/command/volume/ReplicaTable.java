package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.plan.Transfer;
import io.flocker.core.replication.Candidate;
import java.util.List;

/// Replicas for people.
public final class ReplicaTable {
    private ReplicaTable() {}

    /// A row for each replica of these volumes; empty if there are none.
    public static String of(List<Status.Volume> volumes, long nowMillis) {
        if (volumes.stream().allMatch(volume -> volume.replicas().isEmpty())) {
            return "";
        }
        var table = new Table("REPLICA OF", "NODE", "STATE", "BEHIND", "ABOUT", "ON ITS WAY");
        for (Status.Volume volume : volumes) {
            for (Status.Replica replica : volume.replicas()) {
                table.row(
                        volume.environment() + "/" + volume.name(),
                        replica.node(),
                        replica.state(),
                        replica.lagMillis() < 0 ? "" : seconds(replica.lagMillis()),
                        replica.lagBytes() < 0 ? "" : BinaryUnit.text(replica.lagBytes()),
                        replica.transfer().map(Transfer::progress).orElse(problem(replica, nowMillis)));
            }
        }
        return table.toString();
    }

    private static String problem(Status.Replica replica, long nowMillis) {
        long next = Math.max(0, replica.retryAtMillis() - nowMillis);
        return replica.problem().isEmpty() ? "" : replica.problem() + "; tried again in " + Moment.length(next);
    }

    /// `0.9 s` below ten seconds, else as ages are shown.
    private static String seconds(long millis) {
        return millis < 10_000 ? Candidate.seconds(millis) : Moment.length(millis);
    }

    /// What users must know of volumes beside that, a line each.
    public static String notes(List<Status.Volume> volumes) {
        var notes = new StringBuilder();
        for (Status.Volume volume : volumes) {
            if (!volume.blocked().isEmpty()) {
                notes.append("BLOCKED: ")
                        .append(volume.name())
                        .append(": ")
                        .append(volume.blocked())
                        .append('\n');
            }
            if (!volume.home().isEmpty()) {
                notes.append(volume.name())
                        .append(" is on ")
                        .append(volume.primary())
                        .append(" for ")
                        .append(volume.home())
                        .append(", where it belongs; flocker failback brings it back\n");
            }
            if (!volume.divergedFrom().isEmpty()) {
                notes.append(volume.name())
                        .append(" on ")
                        .append(volume.primary())
                        .append(" is what that node wrote after others went on without it, from ")
                        .append(volume.divergedFrom())
                        .append("; flocker volume rm deletes it\n");
            }
        }
        return notes.isEmpty() ? "" : "\n" + notes;
    }
}
