package io.flocker.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The program behind `./lab`.
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "Real nodes on this machine: a network namespace, a Docker Engine, a pool and a daemon each.")
public final class LabCommand {
    @Option(
            names = "--folder",
            defaultValue = "/var/lib/flocker-lab",
            description = "Where the lab keeps everything (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("/var/lib/flocker-lab");

    @Option(names = "--home", required = true, hidden = true, description = "The built project.")
    private Path home = Path.of(".");

    @Option(names = "--from", hidden = true, defaultValue = ".", description = "The folder commands run in.")
    private Path from = Path.of(".");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private Lab lab() {
        return Lab.at(folder, 0);
    }

    public static void main(String[] args) {
        var line = new CommandLine(new LabCommand()).setExecutionExceptionHandler((failure, command, _) -> {
            command.getErr().println("lab: " + failure.getMessage());
            return 1;
        });
        // What follows the node is the command's, options as well.
        Objects.requireNonNull(line.getSubcommands().get("exec")).setStopAtPositional(true);
        System.exit(line.execute(args));
    }

    @Command(name = "up", description = "Bring up nodes.")
    int up(
            @Option(names = "--nodes", defaultValue = "1", description = "How many (default: ${DEFAULT-VALUE}).")
                    int nodes,
            @Option(
                            names = "--voters",
                            defaultValue = "0",
                            description = "How many have a control plane (default: 3, or 1 of fewer than 3 nodes).")
                    int voters,
            @Option(names = "--datacenters", defaultValue = "0", description = "Spread them over so many data centers.")
                    int datacenters,
            @Option(
                            names = "--storage",
                            defaultValue = "btrfs",
                            description = "btrfs or zfs (default: ${DEFAULT-VALUE}).")
                    String storage,
            @Option(
                            names = "--pool-size",
                            defaultValue = "8G",
                            description = "Of each node (default: ${DEFAULT-VALUE}).")
                    String poolSize)
            throws IOException, InterruptedException {
        var plan = new Lab.Plan(home, storage, poolSize, Lab.Image.all(home), datacenters);
        if (voters == 0) {
            lab().up(nodes, plan);
        } else {
            lab().up(nodes, voters, plan);
        }
        return status();
    }

    @Command(name = "down", description = "Take everything down: processes, mounts, loop devices, namespaces, files.")
    int down() throws IOException {
        lab().close();
        return 0;
    }

    @Command(name = "status", description = "What runs, and what is disturbed.")
    int status() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        for (LabNode node : lab().nodes()) {
            out.print(node.name() + "  " + node.address());
            for (LabNode.Part part : LabNode.Part.values()) {
                out.print("  " + part.toString().toLowerCase(Locale.ROOT) + " " + state(node, part));
            }
            List<String> faults = node.faults();
            if (!faults.isEmpty()) {
                out.print("  " + String.join(", ", faults));
            }
            out.println();
        }
        out.flush();
        return 0;
    }

    private static String state(LabNode node, LabNode.Part part) throws IOException {
        Optional<ProcessHandle> process = node.process(part);
        return process.isEmpty() ? "down" : "pid " + process.get().pid() + (node.isPaused(part) ? " (paused)" : "");
    }

    @Command(name = "exec", description = "Run a command on a node: ./lab exec n1 flocker node ls")
    int exec(
            @Parameters(index = "0", paramLabel = "NODE") String name,
            @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND") List<String> command)
            throws IOException, InterruptedException {
        LabNode node = existing(name);
        List<String> words = new ArrayList<>(node.inside());
        words.addAll(command);
        ProcessBuilder process =
                new ProcessBuilder(words).directory(from.toFile()).inheritIO();
        process.environment().put("FLOCKER_ROOT", node.root().toString());
        process.environment().put("DOCKER_HOST", node.engineSocket());
        process.environment().merge("PATH", home.resolve("dist/bin").toString(), (path, own) -> own + ":" + path);
        return process.start().waitFor();
    }

    @Command(name = "shell", description = "A shell on a node, where flocker and docker are its own.")
    int shell(@Parameters(paramLabel = "NODE") String name) throws IOException, InterruptedException {
        return exec(name, List.of("bash"));
    }

    @Command(name = "registry", description = "Where images are pushed to that every node can pull.")
    int registry() {
        spec.commandLine().getOut().println(lab().registryAddress());
        return 0;
    }

    @Command(name = "partition", description = "Cut nodes off from others: ./lab partition n1,n2 n3")
    int partition(
            @Parameters(paramLabel = "NODES", split = ",") List<String> from,
            @Parameters(paramLabel = "NODES", split = ",") List<String> to,
            @Option(names = "--one-way", description = "Only what the second would hear of the first is lost.")
                    boolean oneWay)
            throws IOException {
        lab().partition(existing(from), existing(to), oneWay);
        return 0;
    }

    @Command(name = "slow", description = "Limit what a node sends, until heal: ./lab slow n1 10mbit")
    int slow(
            @Parameters(paramLabel = "NODE") String name,
            @Parameters(paramLabel = "RATE", description = "As tc writes it.") String rate)
            throws IOException {
        existing(name).slow(rate);
        return 0;
    }

    @Command(name = "fill", description = "Take a node's pool but for a little, until unfill or heal.")
    int fill(
            @Parameters(paramLabel = "NODE") String name,
            @Option(
                            names = "--free",
                            paramLabel = "SIZE",
                            defaultValue = "8M",
                            converter = Size.class,
                            description = "How much is left, such as 100M (default: ${DEFAULT-VALUE}).")
                    long free)
            throws IOException {
        existing(name).fill(free);
        return 0;
    }

    @Command(name = "unfill", description = "Give a node's pool back what fill took.")
    int unfill(@Parameters(paramLabel = "NODE") String name) throws IOException {
        existing(name).unfill();
        return 0;
    }

    @Command(name = "pause", description = "Let a part of a node hang, its connections open: ./lab pause n1 DAEMON")
    int pause(
            @Parameters(paramLabel = "NODE") String name,
            @Parameters(paramLabel = "PART", description = "${COMPLETION-CANDIDATES}") LabNode.Part part)
            throws IOException {
        existing(name).pause(part);
        return 0;
    }

    @Command(name = "resume", description = "Let a part of a node go on that was paused.")
    int resume(
            @Parameters(paramLabel = "NODE") String name,
            @Parameters(paramLabel = "PART", description = "${COMPLETION-CANDIDATES}") LabNode.Part part)
            throws IOException {
        existing(name).resume(part);
        return 0;
    }

    /// The node, if there is such a one.
    private LabNode existing(String name) throws IOException {
        List<LabNode> nodes = lab().nodes();
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("There is no node " + name + "; there is "
                        + (nodes.isEmpty()
                                ? "none: ./lab up makes some"
                                : String.join(
                                        ", ", nodes.stream().map(LabNode::name).toList()))));
    }

    private List<LabNode> existing(List<String> names) throws IOException {
        List<LabNode> nodes = new ArrayList<>();
        for (String name : names) {
            nodes.add(existing(name));
        }
        return nodes;
    }

    @Command(name = "heal", description = "End all partitions, slowness, pauses and fullness.")
    int heal() throws IOException {
        lab().heal();
        return 0;
    }

    @Command(name = "kill", description = "SIGKILL a part of a node, or cut the power of all of it.")
    int kill(
            @Parameters(paramLabel = "NODE") String name,
            @Parameters(paramLabel = "PART", arity = "0..1", description = "${COMPLETION-CANDIDATES}")
                    LabNode.@Nullable Part part)
            throws IOException, InterruptedException {
        LabNode node = existing(name);
        if (part == null) {
            node.kill();
        } else {
            node.kill(part);
        }
        return 0;
    }

    @Command(name = "stop", description = "Stop a part of a node, or switch all of it off.")
    int stop(
            @Parameters(paramLabel = "NODE") String name,
            @Parameters(paramLabel = "PART", arity = "0..1", description = "${COMPLETION-CANDIDATES}")
                    LabNode.@Nullable Part part)
            throws IOException, InterruptedException {
        LabNode node = existing(name);
        if (part == null) {
            node.stop();
        } else {
            node.stop(part);
        }
        return 0;
    }

    @Command(name = "start", description = "Start a node again, or its daemon or engine.")
    int start(
            @Parameters(paramLabel = "NODE") String name,
            @Parameters(paramLabel = "PART", arity = "0..1", description = "DAEMON or ENGINE")
                    LabNode.@Nullable Part part)
            throws IOException, InterruptedException {
        if (part == null) {
            existing(name).start(home);
            return 0;
        }
        switch (part) {
            case DAEMON -> existing(name).startDaemon(home);
            case ENGINE -> existing(name).startEngine();
            case PROXY -> throw new IOException("The daemon starts the proxy by itself");
        }
        return 0;
    }
}
