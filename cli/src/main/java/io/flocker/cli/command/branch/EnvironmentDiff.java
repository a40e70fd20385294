package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Moment;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Output;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.Table;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Status;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker env diff`: how a branch differs from its origin.
@Command(
        name = "diff",
        description = "Show what a branch has otherwise than its origin had: images, variables, numbers of instances,"
                + " and how much of its data is its own.",
        footer = {"", "Example:", "  flocker env diff alice --files"})
public final class EnvironmentDiff extends ClusterCommand {
    @Mixin
    private final Output output = new Output();

    @Option(
            names = "--files",
            description = "Show which files of its volumes differ too, 1000 of each at most. Volumes on ZFS need a ZFS"
                    + " that has zfs diff.")
    private boolean files;

    @Parameters(paramLabel = "ENVIRONMENT", description = "The branch.")
    private String name = "";

    public EnvironmentDiff(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Answers.Differences found = files ? cluster.differencesInFiles(name) : cluster.differences(name);
        output.show(shell, found, () -> text(found));
        return ExitCode.DONE;
    }

    private String text(Answers.Differences found) {
        Status.Origin origin = found.origin();
        String from = found.environment() + " is a branch of " + origin + ", taken "
                + Moment.ago(origin.atMillis(), shell.nowMillis()) + "\n";
        var services = new Table("WHAT", "IN " + origin, "IN " + found.environment());
        for (Answers.Difference difference : found.services()) {
            services.row(difference.key(), difference.before(), difference.now());
        }
        var volumes = new Table("VOLUME", "HOLDS", "OF ITS OWN");
        for (Status.Volume volume : found.volumes()) {
            volumes.row(volume.name(), bytes(volume.usedBytes()), bytes(volume.exclusiveBytes()));
        }
        return from
                + (services.isEmpty() ? "Its services are as they were there\n" : "\n" + services)
                + (volumes.isEmpty() ? "" : "\n" + volumes)
                + (files ? "\n" + files(found) : "");
    }

    private static String files(Answers.Differences found) {
        var table = new Table("VOLUME", "CHANGE", "FILE");
        var notes = new StringBuilder();
        for (Answers.VolumeFiles volume : found.files()) {
            volume.files().forEach(file -> table.row(volume.volume(), file.change(), file.path()));
            if (volume.more()) {
                notes.append("Not all files of volume ").append(volume.volume()).append(" are shown\n");
            }
            if (!volume.error().isEmpty()) {
                notes.append("Which files of volume ")
                        .append(volume.volume())
                        .append(" differ is not known: ")
                        .append(volume.error())
                        .append('\n');
            }
        }
        return (table.isEmpty() ? "No file of its volumes is known to differ\n" : table.toString()) + notes;
    }

    /// `?` if it could not be asked.
    static String bytes(long bytes) {
        return bytes < 0 ? "?" : Bytes.text(bytes);
    }
}
