package io.flocker.core.replication;

import io.flocker.core.amount.BinaryUnit;
import io.flocker.core.cluster.Command;
import io.flocker.core.cluster.MoveChanges;
import io.flocker.core.model.Environment;
import java.util.List;
import java.util.Locale;
import org.pcollections.TreePMap;

/// A node that could take over services with their volumes.
///
/// @param from the node they were on
/// @param held what it has of the volumes: positions of snapshots, by volume id
/// @param bases the position each volume would go on from, by volume name
/// @param oneMoment whether these positions are of one moment
/// @param lossMillis how much of the past is not there, at most
/// @param lossBytes about how much was written in that time; [Backlog#UNKNOWN] if that is not known
public record Candidate(
        Environment environment,
        MoveChanges.Together together,
        String from,
        String node,
        TreePMap<String, List<String>> held,
        TreePMap<String, String> bases,
        boolean oneMoment,
        long lossMillis,
        long lossBytes) {
    /// That it takes over.
    ///
    /// @param why in words
    public Command.FailOver command(String by, long atMillis, String operation, long deadlineMillis, String why) {
        return new Command.FailOver(
                by,
                atMillis,
                operation,
                deadlineMillis,
                environment.name(),
                List.copyOf(together.services()),
                together.ids(environment),
                from,
                node,
                held,
                why + "; " + story());
    }

    /// For people: `db goes on on node2 from 7.812; what node1 wrote in the last 0.9 s is not there`.
    public String story() {
        return together.names() + " goes on on " + node + " from " + String.join(", ", bases.values()) + "; what "
                + from + " wrote in the last " + seconds(lossMillis) + " is not there" + about(lossBytes)
                + (oneMoment ? "" : "; its volumes are not of one moment");
    }

    /// `, about 1.2 MiB`; nothing if it is not known.
    static String about(long bytes) {
        return bytes < 0 ? "" : ", about " + BinaryUnit.text(bytes);
    }

    /// `0.9 s`, `14.0 s`.
    public static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
    }
}
