package io.flocker.cli.command.branch;

import io.flocker.cli.amount.Seconds;
import io.flocker.cli.command.ChangeOptions;
import io.flocker.cli.compose.ComposeException;
import io.flocker.cli.compose.text.Nearest;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.ClusterCommand;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.core.branch.Doors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pcollections.TreePMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// `flocker env branch`: makes environments from another one.
@Command(
        name = "branch",
        description = {
            "Make environments from another one: its services, and its data as it was at one moment.",
            "Data is shared until somebody changes it, so that a branch takes seconds and hardly any space. Ports that"
                    + " the origin publishes become free ones from " + Doors.FIRST_PORT + " on, and its host names get"
                    + " the branch's name in front (flocker env ls shows them).",
            "Names that are there already as branches of the same environment are left as they are."
        },
        footer = {
            "",
            "Examples:",
            "  flocker env branch staging alice                       staging as it is now",
            "  flocker env branch staging alice bob --from fresh      from a checkpoint of it",
            "  flocker env branch staging --count 10 --prefix dev-    dev-1 to dev-10",
            "  flocker env branch staging alice --expires 7d --sleep-after 2h",
            "  flocker env branch staging alice --set web.image=shop/web:feature-x \\",
            "                                   --set web.environment.RAILS_ENV=staging",
            "  flocker env branch staging alice -f overlay.yaml"
        })
public final class EnvironmentBranch extends ClusterCommand {
    private static final String AGAIN = "\nThe others are there; the same command again makes the rest";

    @Mixin
    private final ChangeOptions change = new ChangeOptions();

    @Option(
            names = "--from",
            paramLabel = "CHECKPOINT",
            description = "The checkpoint of the origin to start from (default: one that is taken now).")
    private String from = "";

    @Option(
            names = "--set",
            paramLabel = "WHAT=VALUE",
            description = "What the branches have otherwise: SERVICE.image, SERVICE.environment.NAME or"
                    + " SERVICE.replicas. Can be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The same from a file in Compose's words: services with their image, environment and"
                    + " deploy.replicas. Later files go before earlier ones, and --set before all of them.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--names", paramLabel = "NAME", split = ",", description = "Further names, with commas between.")
    private List<String> further = new ArrayList<>();

    @Option(names = "--count", paramLabel = "N", description = "Make N branches, called PREFIX1 to PREFIXN.")
    private int count;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "What the names of --count begin with.")
    private String prefix = "";

    @Option(
            names = "--hosts",
            paramLabel = "TEMPLATE",
            description = "Their host names, of {service}, {environment} and {host}, which stands for the origin's"
                    + " (default: " + Doors.BY_ENVIRONMENT + ").")
    private String hosts = "";

    @Option(
            names = "--ports",
            paramLabel = "free|refuse",
            converter = PortsReader.class,
            description = "What becomes of ports that the origin publishes: free gives the branches free ones from "
                    + Doors.FIRST_PORT + " on, refuse makes no branch of an origin that publishes any (default: free).")
    private Ports ports = Ports.FREE;

    @Option(
            names = "--on",
            paramLabel = "NODE",
            description =
                    "Make them on that node (default: where the data is). Unless it has replicas of the origin's data, the"
                            + " data is copied there first; --dry-run tells how much.")
    private String node = "";

    @Option(names = "--with-secrets", description = "Give them the origin's secrets.")
    private boolean secrets;

    @Option(names = "--share-folders", description = "Let them write into the same folders of nodes as the origin.")
    private boolean folders;

    @Option(
            names = "--sleep-after",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Put them to sleep whenever nobody has talked to them for so long, such as 2h (default:"
                    + " never). Whoever connects wakes them up.")
    private long sleepAfterSeconds;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "Remove them with their data after so long, such as 7d (default: never); flocker env extend"
                    + " keeps them longer.")
    private long expiresSeconds;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Seconds.class,
            description = "When to give up, such as 5m (default: 10m).")
    private long timeoutSeconds;

    @Parameters(index = "0", paramLabel = "ORIGIN", description = "The environment to make them from.")
    private String origin = "";

    @Parameters(index = "1..*", paramLabel = "NAME", description = "The new environments' names.")
    private List<String> names = new ArrayList<>();

    /// What becomes of the origin's ports.
    public enum Ports {
        FREE,
        REFUSE
    }

    /// Reads what becomes of the origin's ports.
    static final class PortsReader implements ITypeConverter<Ports> {
        @Override
        public Ports convert(String text) {
            return switch (text) {
                case "free" -> Ports.FREE;
                case "refuse" -> Ports.REFUSE;
                default -> throw new TypeConversionException("it is free or refuse, not \"" + text + "\"");
            };
        }
    }

    public EnvironmentBranch(Shell shell) {
        super(shell);
    }

    @Override
    protected void prepare() throws CommandException {
        if (count < 0 || count > Requests.Branch.MAX_NAMES) {
            throw CommandException.usage("--count is 1 to " + Requests.Branch.MAX_NAMES + ", not " + count);
        }
        if (count > 0 == prefix.isEmpty()) {
            throw CommandException.usage(
                    "--count and --prefix go together: --count 10 --prefix dev- makes dev-1 to" + " dev-10");
        }
        if (wanted().isEmpty()) {
            throw CommandException.usage("What are the branches to be called? flocker env branch " + origin + " NAME,"
                    + " or --count 10 --prefix dev-");
        }
    }

    private List<String> wanted() {
        var wanted = new LinkedHashSet<>(names);
        wanted.addAll(further);
        IntStream.rangeClosed(1, count).forEach(number -> wanted.add(prefix + number));
        return List.copyOf(wanted);
    }

    @Override
    protected int run(Cluster cluster) throws Exception {
        TreePMap<String, String> overrides =
                set.isEmpty() && files.isEmpty() ? TreePMap.empty() : overrides(cluster.environment(origin));
        List<String> missing = new ArrayList<>(wanted());
        if (from.isEmpty()) {
            // Or a checkpoint might be taken, and hold everything, for nothing.
            missing.removeAll(toldThere(cluster));
        }
        if (missing.isEmpty()) {
            return ExitCode.DONE;
        }
        var request = new Requests.Branch(
                missing,
                from,
                overrides,
                hosts,
                secrets,
                folders,
                ports == Ports.REFUSE,
                sleepAfterSeconds,
                expiresSeconds,
                timeoutSeconds,
                node);
        List<Answers.Branch> branches =
                cluster.branch(origin, request, change.dryRun()).branches();
        boolean refused = branches.stream().anyMatch(branch -> !branch.error().isEmpty());
        List<String> there = refused && !from.isEmpty() ? toldThere(cluster) : List.of();
        return told(
                cluster,
                branches.stream()
                        .filter(branch -> branch.error().isEmpty() || !there.contains(branch.environment()))
                        .toList());
    }

    private List<String> toldThere(Cluster cluster) throws IOException, InterruptedException {
        List<String> there = there(cluster);
        there.forEach(name -> shell.out().println(name + " is a branch of " + origin + " already"));
        return there;
    }

    /// Those of several branches that were made before: whoever says the same again gets the others.
    private List<String> there(Cluster cluster) throws IOException, InterruptedException {
        List<String> wanted = wanted();
        return wanted.size() == 1
                ? List.of()
                : cluster.environments().stream()
                        .filter(environment -> environment
                                .origin()
                                .filter(its -> its.environment().equals(origin))
                                .isPresent())
                        .map(Status.Environment::name)
                        .filter(wanted::contains)
                        .toList();
    }

    /// What the branches have otherwise, by key.
    private TreePMap<String, String> overrides(Status.Environment environment)
            throws CommandException, ComposeException {
        List<String> services =
                environment.services().stream().map(Status.Service::name).toList();
        refuseUnknown(services);
        return TreePMap.from(Overlay.read(files, services, shell)).plusAll(set);
    }

    /// The cluster refuses it too, but does not know what was meant.
    private void refuseUnknown(List<String> services) throws CommandException {
        for (String key : set.keySet()) {
            boolean known = services.stream().anyMatch(service -> key.startsWith(service + "."));
            if (!known) {
                String word = key.substring(0, Math.max(key.indexOf('.'), 0));
                throw CommandException.usage("--set " + key + ": " + origin + " has no service \"" + word + "\""
                        + Nearest.hint(word, services) + " (it has " + String.join(", ", services) + ")");
            }
        }
    }

    private int told(Cluster cluster, List<Answers.Branch> branches) throws Exception {
        var made = new SideBySide(cluster, shell);
        for (Answers.Branch branch : branches) {
            if (branch.error().isEmpty()) {
                made.started(branch.environment(), new Answers.Change(branch.operation(), branch.changes()));
            } else {
                branch.changes().forEach(shell.out()::println);
                made.failed(branch.environment(), branch.error());
            }
        }
        if (change.detach()) {
            made.leave(AGAIN);
        } else {
            made.follow((name, branch) -> tellAddresses(cluster, name), AGAIN);
        }
        return ExitCode.DONE;
    }

    private void tellAddresses(Cluster cluster, String name) throws IOException, InterruptedException {
        String addresses = Addresses.of(cluster.environment(name));
        shell.out().println(name + (addresses.isEmpty() ? "" : ": " + addresses));
    }
}
