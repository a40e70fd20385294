package io.flocker.agent.backup;

import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Backups;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// What a node tells the control plane of backups, and asks it.
public interface Notices {
    /// Snapshots that were taken for backups are needed no more.
    void made(Backups.Made made) throws IOException, InterruptedException;

    /// There is the data of a new volume. May be told twice.
    ///
    /// @throws io.flocker.client.ApiException if the cluster does not want it
    void restored(Backups.Restored restored) throws IOException, InterruptedException;

    /// Whether the cluster has a volume of that id.
    boolean isKnown(String volume) throws IOException, InterruptedException;

    /// Tells it by the API.
    static Notices by(FlockerClient control) {
        return new Notices() {
            @Override
            public void made(Backups.Made made) throws IOException, InterruptedException {
                control.post("/v2/agent/backups", made, Answers.Change.class);
            }

            @Override
            public void restored(Backups.Restored restored) throws IOException, InterruptedException {
                control.post("/v2/agent/restores", restored, Answers.Change.class);
            }

            @Override
            public boolean isKnown(String volume) throws IOException, InterruptedException {
                String id = URLEncoder.encode(volume, StandardCharsets.UTF_8);
                return control.get("/v2/agent/volumes/" + id, Backups.Known.class)
                        .exists();
            }
        };
    }
}
