package io.flocker.cli.command.checkpoint;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.Shell;

/// A checkpoint as users name it: `CHECKPOINT`, or `ENVIRONMENT@CHECKPOINT`.
record CheckpointName(String environment, String checkpoint) {
    /// Reads it; without an environment, `choice` says which.
    static CheckpointName of(String text, EnvironmentChoice choice, Shell shell, Cluster cluster) throws Exception {
        int at = text.indexOf('@');
        return at < 0
                ? new CheckpointName(choice.resolve(shell, cluster), text)
                : new CheckpointName(text.substring(0, at), text.substring(at + 1));
    }

    @Override
    public String toString() {
        return environment + "@" + checkpoint;
    }
}
