package io.flocker.cli.command.backup;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Backups;
import java.io.IOException;

/// The API's calls about backups, by name.
final class Errands {
    private final FlockerClient client;

    Errands(Cluster cluster) {
        client = cluster.client();
    }

    Backups.Errand make(VolumeName volume, Backups.Make make, boolean dryRun) throws IOException, InterruptedException {
        String path = "/v2/volumes/" + Cluster.encode(volume.environment()) + "/" + Cluster.encode(volume.volume());
        return client.post(path + "/backups?dryRun=" + dryRun, make, Backups.Errand.class);
    }

    Backups.Errand restore(Backups.Restore restore, boolean dryRun) throws IOException, InterruptedException {
        return client.post("/v2/restores?dryRun=" + dryRun, restore, Backups.Errand.class);
    }

    Backups.Errand list(Backups.Look look) throws IOException, InterruptedException {
        return client.post("/v2/backups/list", look, Backups.Errand.class);
    }

    Backups.Errand verify(Backups.Check check) throws IOException, InterruptedException {
        return client.post("/v2/backups/verify", check, Backups.Errand.class);
    }

    Backups.Errand delete(Backups.Delete delete, boolean dryRun) throws IOException, InterruptedException {
        return client.post("/v2/backups/delete?dryRun=" + dryRun, delete, Backups.Errand.class);
    }

    /// How an errand is; waits for its end, up to so long.
    Backups.Errand look(String id, int waitSeconds) throws CommandException, IOException, InterruptedException {
        return client.get(path(id) + "?wait=" + waitSeconds, Backups.Errand.class);
    }

    Backups.Errand cancel(String id) throws CommandException, IOException, InterruptedException {
        return client.post(path(id) + "/cancel", "", Backups.Errand.class);
    }

    private static String path(String id) throws CommandException {
        int slash = id.indexOf('/');
        if (slash <= 0 || slash == id.length() - 1) {
            throw CommandException.usage("What a node does is called NODE/NUMBER, as flocker backup --detach prints it;"
                    + " not \"" + id + "\"");
        }
        return "/v2/errands/" + Cluster.encode(id.substring(0, slash)) + "/" + Cluster.encode(id.substring(slash + 1));
    }
}
