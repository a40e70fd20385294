package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Status;
import java.util.List;

/// Volumes for people.
public final class VolumeTable {
    private VolumeTable() {}

    public static Table of(List<Status.Volume> volumes) {
        var table = new Table("VOLUME", "PRIMARY", "LIMIT", "SNAPSHOTS", "STATE");
        for (Status.Volume volume : volumes) {
            String problem = volume.problem().isEmpty() ? "" : ": " + volume.problem();
            table.row(
                    volume.environment() + "/" + volume.name(),
                    volume.primary(),
                    volume.sizeBytes() == 0 ? "" : Bytes.text(volume.sizeBytes()),
                    volume.snapshots(),
                    volume.state() + problem);
        }
        return table;
    }
}
