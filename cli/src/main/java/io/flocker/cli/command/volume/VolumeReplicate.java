package io.flocker.cli.command.volume;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.EnvironmentChoice;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.cli.shell.VolumeName;
import io.flocker.client.api.Requests;
import io.flocker.core.spec.ReplicationSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker volume replicate`: keeps replicas on other nodes.
@Command(
        name = "replicate",
        description =
                "Keep replicas of a volume on other nodes, a second or so old, that a service can go on from. Holds"
                        + " until the next flocker up, which does what its file says (x-flocker: replication).",
        footer = {
            "",
            "Examples: flocker volume replicate db --to n2 --every 1s",
            "          flocker volume replicate db --copies 2 --spread datacenter --failover auto"
        })
public final class VolumeReplicate extends ClusterCommand {
    private static final long MILLIS = 1_000;

    @Mixin
    private final EnvironmentChoice environment = new EnvironmentChoice();

    @Parameters(paramLabel = "VOLUME", description = "VOLUME or ENVIRONMENT/VOLUME.")
    private String volume = "";

    @Option(names = "--to", paramLabel = "NODE", split = ",", description = "The nodes that keep a replica.")
    private List<String> to = List.of();

    @Option(
            names = "--copies",
            paramLabel = "N",
            description = "How many nodes beside the volume's own keep a replica; Flocker chooses them.")
    private int copies;

    @Option(
            names = "--spread",
            paramLabel = "LABEL",
            description = "A label of nodes whose values replicas differ in, such as datacenter.")
    private String spread = "";

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How often what has changed is sent (default: 1s).")
    private long everySeconds = ReplicationSpec.USUAL_EVERY_MILLIS / MILLIS;

    @Option(
            names = "--max-loss",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "How much of the past may be lost for a failover to go ahead by itself (default: 10s).")
    private long maxLossSeconds;

    @Option(
            names = "--rate",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "How much each replica is sent a second at most (default: no limit).")
    private long rateBytes;

    @Option(
            names = "--compress",
            description =
                    "Compress what is sent (Zstandard): for a line between data centers that is slower than that.")
    private boolean compress;

    @Option(
            names = "--failover",
            paramLabel = "WHO",
            description = "auto: a replica takes over by itself; manual: flocker failover does it (default: manual).")
    private String failover = "manual";

    @Option(names = "--off", description = "Keep none any more.")
    private boolean off;

    public VolumeReplicate(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        Optional<ReplicationSpec> replication = off ? Optional.empty() : Optional.of(spec());
        VolumeName name = environment.volume(volume, shell, cluster);
        cluster.replicate(name, new Requests.Replicate(replication));
        shell.out()
                .println(
                        off
                                ? name + " is replicated no more"
                                : name + " is replicated; flocker status " + name.environment() + " shows how far");
        return ExitCode.DONE;
    }

    private ReplicationSpec spec() throws CommandException {
        var who = Arrays.stream(ReplicationSpec.Failover.values())
                .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(failover))
                .findFirst()
                .orElseThrow(() -> CommandException.usage("--failover is auto or manual, not \"" + failover + "\""));
        long every = everySeconds * MILLIS;
        long usualLoss = Math.max(ReplicationSpec.USUAL_MAX_LOSS_MILLIS, 2 * every);
        long maxLoss = maxLossSeconds == 0 ? usualLoss : maxLossSeconds * MILLIS;
        var spec = new ReplicationSpec(to, copies, spread, every, maxLoss, rateBytes, compress, who);
        Optional<String> objection = spec.objection();
        if (objection.isPresent()) {
            throw CommandException.usage("The replication of " + volume + " " + objection.get());
        }
        return spec;
    }
}
