package io.flocker.cli.command.failover;

import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import java.io.IOException;

/// What fails over: a service, or a volume that none uses.
///
/// @param service empty if it is a volume
/// @param volume empty if it is a service
record FailoverTarget(String environment, String service, String volume) {
    /// Reads `SERVICE`, `VOLUME` or either behind `ENVIRONMENT/`. A service goes before a volume of its name.
    static FailoverTarget of(String target, EnvironmentChoice choice, Shell shell, Cluster cluster)
            throws CommandException, ComposeException, IOException, InterruptedException {
        VolumeName name = choice.volume(target, shell, cluster);
        Status.Environment environment = cluster.environment(name.environment());
        boolean service =
                environment.services().stream().anyMatch(it -> it.name().equals(name.volume()));
        return new FailoverTarget(name.environment(), service ? name.volume() : "", service ? "" : name.volume());
    }

    Requests.FailOver request(String to, boolean acceptLoss, long timeoutSeconds) {
        return new Requests.FailOver(service, volume, to, acceptLoss, timeoutSeconds);
    }
}
