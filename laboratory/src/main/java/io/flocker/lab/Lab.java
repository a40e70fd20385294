package io.flocker.lab;

import io.flocker.agent.program.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Nodes on one bridge of this machine. Everything about a lab is in its folder, so that any later process can
/// go on with it or take it down.
public final class Lab implements AutoCloseable {
    private static final int MAX_NODES = 9;
    private static final int USUAL_VOTERS = 3;

    private final Path folder;
    private final int number;

    private Lab(Path folder, int number) {
        this.folder = folder;
        this.number = number;
    }

    /// How nodes are made.
    ///
    /// @param home the built project: its `dist` is what runs
    /// @param storage `btrfs` or `zfs`
    /// @param poolSize such as `4G`
    /// @param images files to import into every engine, by `name:tag`
    /// @param datacenters over how many the nodes are spread: `dc1`, `dc2`, …; 0 for nodes without that label
    public record Plan(Path home, String storage, String poolSize, List<Image> images, int datacenters) {
        /// The label of the `number`th node, as an option of `flocker init`; empty for none.
        List<String> labels(int number) {
            return datacenters == 0
                    ? List.of()
                    : List.of("--label", "datacenter=dc" + ((number - 1) % datacenters + 1));
        }
    }

    /// An image and the tar file of its root.
    public record Image(String name, Path file, List<String> changes) {
        private static final Duration BUILD_LIMIT = Duration.ofMinutes(10);
        private static final Duration IMPORT_LIMIT = Duration.ofMinutes(5);

        void importInto(String engineSocket) throws IOException {
            List<String> words = new ArrayList<>(List.of("docker", "-H", engineSocket, "import"));
            for (String change : changes) {
                words.addAll(List.of("--change", change));
            }
            words.addAll(List.of(file.toString(), name));
            Program.of(words.toArray(String[]::new)).within(IMPORT_LIMIT).run();
        }

        /// The project's images, built where they are not yet.
        public static List<Image> all(Path home) throws IOException {
            List<String> files = Program.of(home.resolve("images/build").toString(), "busybox", "postgres", "web")
                    .within(BUILD_LIMIT)
                    .run()
                    .lines()
                    .toList();
            return List.of(
                    new Image("flocker/busybox:1", Path.of(files.get(0)), List.of()),
                    new Image(
                            "flocker/postgres:15",
                            Path.of(files.get(1)),
                            List.of("EXPOSE 5432", "ENTRYPOINT [\"/usr/local/bin/entrypoint\"]")),
                    new Image("flocker/web:1", Path.of(files.get(2)), List.of("EXPOSE 8080")));
        }
    }

    /// The lab in `folder`, running or not.
    ///
    /// @param number tells labs on one machine apart: 0 to 200, also the third byte of their addresses
    public static Lab at(Path folder, int number) {
        return new Lab(folder, number);
    }

    /// Brings up `nodes` nodes: network, engine, `flocker init` on the first and `flocker join` on the others,
    /// daemons. The usual number of them are voters: three, or one of fewer than three nodes.
    public void up(int nodes, Plan plan) throws IOException, InterruptedException {
        up(nodes, nodes < USUAL_VOTERS ? 1 : USUAL_VOTERS, plan);
    }

    /// The same with so many voters: the first ones.
    public void up(int nodes, int voters, Plan plan) throws IOException, InterruptedException {
        if (voters < 1 || voters > nodes) {
            throw new IOException("Of " + nodes + " nodes, 1 to " + nodes + " are voters, not " + voters);
        }
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IOException("A lab has 1 to " + MAX_NODES + " nodes, not " + nodes);
        }
        takeDownForerunner();
        Files.createDirectories(folder);
        Program.of("ip", "link", "add", bridge(), "type", "bridge").run();
        Program.of("ip", "link", "set", bridge(), "alias", folder.toString()).run();
        Program.of("ip", "addr", "replace", network() + "254/24", "dev", bridge())
                .run();
        Program.of("ip", "link", "set", bridge(), "up").run();
        // A Docker Engine of the machine itself lets nothing pass a bridge that is not its own.
        passing("-D").end();
        passing("-I").run();
        registry().start();
        List<LabNode> all =
                IntStream.rangeClosed(1, nodes).mapToObj(i -> node("n" + i)).toList();
        for (LabNode node : all) {
            node.connect();
        }
        EngineTemplate template = EngineTemplate.of(plan.images());
        together(all, node -> startEngine(node, template));
        LabNode first = all.getFirst();
        first.init(plan, plan.labels(1));
        first.startDaemon(plan.home());
        if (nodes > 1) {
            String token = first.flocker(plan.home(), "token", "create", "--uses", Integer.toString(nodes - 1))
                    .strip();
            List<LabNode> others = all.subList(1, nodes);
            for (LabNode node : others) {
                node.join(plan, plan.labels(number(node)), token, number(node) <= voters);
            }
            together(others, node -> node.startDaemon(plan.home()));
        }
    }

    /// Adds a node, not a voter, to the nodes there are.
    ///
    /// @param name the next one: `n2` to a lab of one
    public LabNode join(String name, Plan plan) throws IOException, InterruptedException {
        String token = node("n1").flocker(plan.home(), "token", "create").strip();
        LabNode node = node(name);
        node.connect();
        startEngine(node, EngineTemplate.of(plan.images()));
        node.join(plan, plan.labels(number(node)), token, false);
        node.startDaemon(plan.home());
        return node;
    }

    /// Has the lab end with this process: if it is killed before it took the lab down, the next lab of the same number
    /// does so.
    public void endWithThisProcess() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(owner(), Long.toString(ProcessHandle.current().pid()));
    }

    private Path owner() {
        return folder.resolve("owner.pid");
    }

    /// Takes down what a killed process left of a lab of this number. The bridge tells its folder.
    ///
    /// @throws IOException if that lab is in use
    private void takeDownForerunner() throws IOException {
        Path alias = Path.of("/sys/class/net", bridge(), "ifalias");
        if (!Files.exists(alias)) {
            return;
        }
        Lab forerunner = new Lab(Path.of(Files.readString(alias).strip()), number);
        if (forerunner.isInUse()) {
            throw new IOException("Lab " + number + " is up already, in " + forerunner.folder
                    + "; take it down first, as ./lab down does with one of ./lab up");
        }
        forerunner.close();
    }

    /// Whether nobody who knows of it may take it down: its process is alive, or it was never tied to one.
    private boolean isInUse() throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        return !Files.exists(owner())
                || ProcessHandle.of(Long.parseLong(Files.readString(owner()).strip()))
                        .filter(process -> process.info().command().orElse("").endsWith("/java"))
                        .isPresent();
    }

    private static void startEngine(LabNode node, EngineTemplate template) throws IOException, InterruptedException {
        template.copyTo(node.engineFolder());
        node.startEngine();
    }

    /// Lets nodes reach each other over the bridge, or no longer.
    private Program passing(String change) {
        return Program.of("iptables", "-w", change, "FORWARD", "-i", bridge(), "-o", bridge(), "-j", "ACCEPT");
    }

    private static int number(LabNode node) {
        return Integer.parseInt(node.name().substring(1));
    }

    private interface Work {
        void on(LabNode node) throws IOException, InterruptedException;
    }

    /// On all nodes side by side.
    private static void together(List<LabNode> nodes, Work work) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, nodes.size()))) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (LabNode node : nodes) {
                tasks.add(() -> {
                    work.on(node);
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(tasks)) {
                try {
                    done.get();
                } catch (ExecutionException e) {
                    throw new IOException(
                            e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
                }
            }
        }
    }

    /// Cuts nodes off from each other, until [#heal].
    ///
    /// @param oneWay only what `to` would hear of `from` is lost
    public void partition(List<LabNode> from, List<LabNode> to, boolean oneWay) throws IOException {
        for (LabNode one : from) {
            for (LabNode other : to) {
                other.drop(one);
                if (!oneWay) {
                    one.drop(other);
                }
            }
        }
    }

    /// Ends all partitions, slowness, pauses and fullness.
    public void heal() throws IOException {
        for (LabNode node : nodes()) {
            node.heal();
        }
    }

    public LabNode node(String name) {
        return new LabNode(
                folder.resolve(name),
                name,
                new LabNode.Place(
                        "flk" + number + name, bridge(), network() + (10 + Integer.parseInt(name.substring(1)))));
    }

    /// The nodes there are.
    public List<LabNode> nodes() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("n[1-9]"))
                    .sorted()
                    .map(this::node)
                    .toList();
        }
    }

    private LabRegistry registry() {
        return new LabRegistry(folder.resolve("registry"), network() + "254");
    }

    /// What images are named after that its registry keeps.
    public String registryAddress() {
        return LabRegistry.at(network() + "254");
    }

    private String bridge() {
        return "flkbr" + number;
    }

    private String network() {
        return "10.98." + number + ".";
    }

    /// Takes everything down: processes, mounts, loop devices, namespaces, files. Goes on past failures and reports
    /// them together.
    @Override
    public void close() throws IOException {
        List<String> failures = new CopyOnWriteArrayList<>();
        List<LabNode> present = nodes();
        try {
            together(present, node -> failures.addAll(node.tearDown()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failures.add("it was interrupted");
        }
        // Also those whose folder somebody deleted.
        for (int i = 1; i <= MAX_NODES; i++) {
            node("n" + i).link().remove();
        }
        registry().stop();
        passing("-D").end();
        Program.of("ip", "link", "del", bridge()).end();
        if (!failures.isEmpty()) {
            throw new IOException("The lab in " + folder + " left something behind: " + String.join("; ", failures));
        }
        LabNode.deleteTree(folder);
    }
}
