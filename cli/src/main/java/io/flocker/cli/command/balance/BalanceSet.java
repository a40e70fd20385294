package io.flocker.cli.command.balance;

import io.flocker.cli.amount.Bytes;
import io.flocker.cli.amount.Seconds;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Balances;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `flocker balance set`: how much spreading load may disturb.
@Command(
        name = "set",
        description =
                "Say how much spreading load may disturb, and how new instances are placed. What is not named stays"
                        + " as it is.",
        footer = {"", "Example: flocker balance set --at-once 2 --per-hour 10 --rate 50M --quiet 08:00-18:30"})
public final class BalanceSet extends ClusterCommand {
    private static final long MILLIS = 1_000;

    @Option(names = "--at-once", paramLabel = "COUNT", description = "The most moves under way at a time; 0 for none.")
    private @Nullable Integer atOnce;

    @Option(
            names = "--per-hour",
            paramLabel = "COUNT",
            description = "The most moves that begin by themselves in an hour; 0 for none.")
    private @Nullable Integer perHour;

    @Option(
            names = "--rate",
            paramLabel = "SIZE",
            description =
                    "How much data moves copy in a second on average, such as 50M; none for no limit, 0 to move no"
                            + " data.")
    private @Nullable String rate;

    @Option(
            names = "--patience",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "For how long load must be uneven before anything moves by itself, such as 10m.")
    private @Nullable Long patience;

    @Option(
            names = "--quiet",
            paramLabel = "FROM-TO",
            description = "When nothing moves by itself, such as 08:00-18:30; none for never.")
    private @Nullable String quiet;

    @Option(
            names = "--zone",
            paramLabel = "ZONE",
            description = "The time zone of --quiet, such as Europe/Paris (default: this machine's).")
    private String zone = "";

    @Option(
            names = "--placement",
            paramLabel = "MODE",
            description = "How new instances are placed: spread over nodes, or pack to fill one node after the other.")
    private @Nullable String placement;

    public BalanceSet(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (atOnce == null
                && perHour == null
                && rate == null
                && patience == null
                && quiet == null
                && placement == null) {
            throw CommandException.usage(
                    "Say what changes: --at-once, --per-hour, --rate, --patience, --quiet or --placement");
        }
        if (placement != null && !placement.equals("spread") && !placement.equals("pack")) {
            throw CommandException.usage("--placement is spread or pack, not \"" + placement + "\"");
        }
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        var change = new Balances.Change(
                Optional.empty(),
                Optional.ofNullable(placement).map("pack"::equals),
                atOnce == null ? OptionalInt.empty() : OptionalInt.of(atOnce),
                perHour == null ? OptionalInt.empty() : OptionalInt.of(perHour),
                bytes(),
                patience == null ? OptionalLong.empty() : OptionalLong.of(patience * MILLIS),
                Optional.ofNullable(quiet).map(this::hours));
        shell.out().print(BalanceText.of(cluster.spreading().set(change)));
        return ExitCode.DONE;
    }

    private OptionalLong bytes() {
        if (rate == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(rate.equals("none") ? -1 : new Bytes().convert(rate));
    }

    private String hours(String text) {
        return text.equals("none")
                ? ""
                : text + " " + (zone.isEmpty() ? ZoneId.systemDefault().getId() : zone);
    }
}
