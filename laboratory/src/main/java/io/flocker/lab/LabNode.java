package io.flocker.lab;

import io.flocker.agent.guard.Guard;
import io.flocker.agent.program.Program;
import io.flocker.agent.proxy.HaProxy;
import io.flocker.agent.volume.Pool;
import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// One node of a lab. Its processes are known by the pid files in its folder.
public final class LabNode {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// For one command of a user.
    private static final Duration COMMAND = Duration.ofMinutes(3);

    private final Path folder;
    private final String name;
    private final Place place;

    /// Where a node is.
    ///
    /// @param namespace its network namespace
    public record Place(String namespace, String bridge, String address) {}

    /// A process of a node.
    public enum Part {
        DAEMON,
        ENGINE,
        PROXY
    }

    LabNode(Path folder, String name, Place place) {
        this.folder = folder;
        this.name = name;
        this.place = place;
    }

    public String name() {
        return name;
    }

    public String address() {
        return place.address();
    }

    /// The `--root` of its Flocker.
    public Path root() {
        return folder.resolve("root");
    }

    public String engineSocket() {
        return "unix://" + folder.resolve("docker.sock");
    }

    /// Where its engine keeps what it has.
    Path engineFolder() {
        return folder.resolve("docker");
    }

    public Path daemonLog() {
        return folder.resolve("daemon.out");
    }

    /// A client with the rights of user admin.
    public FlockerClient client() throws IOException {
        return new FlockerClient(
                URI.create("https://" + address() + ":4523"),
                Credentials.read(root().resolve("etc/flocker/users"), "admin"));
    }

    void connect() throws IOException {
        Files.createDirectories(folder);
        link().make();
    }

    LabLink link() {
        return new LabLink(place);
    }

    /// The command line `command`, run inside the node's network.
    public List<String> inside(String... command) {
        return link().inside(command);
    }

    /// Runs the engine's command line against the node's engine.
    public String docker(String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of("docker", "-H", engineSocket()));
        words.addAll(List.of(arguments));
        return Program.of(words.toArray(String[]::new)).run();
    }

    public void startEngine() throws IOException, InterruptedException {
        start(
                Part.ENGINE,
                inside(
                        "dockerd",
                        "-H",
                        engineSocket(),
                        "--insecure-registry",
                        LabRegistry.at(address().replaceFirst("[0-9]+$", "254")),
                        "--data-root",
                        engineFolder().toString(),
                        "--exec-root",
                        folder.resolve("exec").toString(),
                        "-p",
                        folder.resolve("dockerd.pid").toString()),
                folder.resolve("dockerd.out"));
        await(
                "the engine of " + name,
                () -> Program.of("docker", "-H", engineSocket(), "version")
                                .end()
                                .exitCode()
                        == 0);
    }

    void init(Lab.Plan plan, List<String> labels) throws IOException {
        become(plan, List.of("init"), labels);
    }

    void join(Lab.Plan plan, List<String> labels, String token, boolean voter) throws IOException {
        become(plan, voter ? List.of("join", token, "--voter") : List.of("join", token), labels);
    }

    private void become(Lab.Plan plan, List<String> command, List<String> labels) throws IOException {
        List<String> words =
                new ArrayList<>(inside(plan.home().resolve("dist/bin/flocker").toString()));
        words.addAll(command);
        words.addAll(labels);
        words.addAll(List.of(
                "--root",
                root().toString(),
                "--name",
                name,
                "--address",
                address(),
                "--docker",
                engineSocket(),
                "--storage",
                plan.storage(),
                "--pool-size",
                plan.poolSize()));
        Program.of(words.toArray(String[]::new)).run();
    }

    /// Runs `flocker` as root on this node would, and returns what it printed.
    public String flocker(Path home, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "FLOCKER_ROOT=" + root(),
                "NO_COLOR=1",
                home.resolve("dist/bin/flocker").toString()));
        words.addAll(List.of(arguments));
        return Program.of(words.toArray(String[]::new)).within(COMMAND).run();
    }

    public void startDaemon(Path home) throws IOException, InterruptedException {
        start(
                Part.DAEMON,
                inside(home.resolve("dist/bin/flocker").toString(), "daemon", "--root", root().toString()),
                daemonLog());
        try (FlockerClient client = FlockerClient.local(root().resolve("run/flocker/api.sock"))) {
            await("the daemon of " + name, () -> answers(client));
        }
    }

    /// Whether the daemon has told the cluster where it is, and the cluster has heard of it since.
    private boolean answers(FlockerClient client) throws InterruptedException {
        try {
            return !client.get("/v2/nodes/" + name, Status.Node.class).state().equals("silent");
        } catch (IOException e) {
            return false;
        }
    }

    /// In a session of its own, as an init system starts a service: the kernel shares the processor out among sessions.
    private void start(Part part, List<String> command, Path output) throws IOException {
        List<String> words = new ArrayList<>(List.of("setsid"));
        words.addAll(command);
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        Files.writeString(pidFile(part), Long.toString(process.pid()));
    }

    private Path pidFile(Part part) {
        return part == Part.PROXY
                ? root().resolve("run/flocker/proxy/haproxy.pid")
                : folder.resolve(part.toString().toLowerCase(Locale.ROOT) + ".pid");
    }

    /// The process of a part, if it runs.
    public Optional<ProcessHandle> process(Part part) throws IOException {
        Path file = pidFile(part);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String pid = Files.readString(file, StandardCharsets.US_ASCII)
                .strip()
                .lines()
                .findFirst()
                .orElse("");
        return pid.isEmpty()
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive);
    }

    /// Loses whatever comes from another node.
    void drop(LabNode other) throws IOException {
        link().drop(other.address());
    }

    /// How much has come to it from outside since it has a network, in bytes.
    public long receivedBytes() throws IOException {
        return link().receivedBytes();
    }

    /// Limits what the node sends, by a token bucket.
    ///
    /// @param rate as `tc` writes it, such as `10mbit`
    public void slow(String rate) throws IOException {
        link().slow(rate);
    }

    /// Ends partitions, as far as this node lost what others sent.
    public void reconnect() throws IOException {
        link().reconnect();
    }

    /// Ends slowness.
    public void quicken() throws IOException {
        link().quicken();
    }

    /// Takes all of the pool but about `left` bytes, until [#unfill].
    public void fill(long left) throws IOException {
        filler().fill(left);
    }

    /// Gives the pool back what [#fill] took.
    public void unfill() throws IOException {
        filler().remove();
    }

    private Filler filler() {
        return new Filler(root().resolve("var/lib/flocker/pool/filler"));
    }

    /// Ends partitions, slowness, pauses and fullness. What was killed stays so.
    void heal() throws IOException {
        reconnect();
        quicken();
        for (Part part : Part.values()) {
            resume(part);
        }
        unfill();
    }

    /// SIGSTOP: it hangs until [#resume], and its connections stay open.
    public void pause(Part part) throws IOException {
        signal(part, "STOP");
    }

    /// SIGCONT.
    public void resume(Part part) throws IOException {
        signal(part, "CONT");
    }

    /// Whether a part hangs since [#pause].
    public boolean isPaused(Part part) throws IOException {
        Optional<ProcessHandle> process = process(part);
        if (process.isEmpty()) {
            return false;
        }
        Path status = Path.of("/proc", Long.toString(process.get().pid()), "status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .anyMatch(line -> line.startsWith("State:") && line.contains("T (stopped)"));
    }

    /// What disturbs its network and its pool, in words.
    List<String> faults() throws IOException {
        List<String> faults = new ArrayList<>(link().faults());
        if (filler().isThere()) {
            faults.add("pool filled");
        }
        return faults;
    }

    /// Without effect if the part does not run.
    private void signal(Part part, String name) throws IOException {
        Optional<ProcessHandle> process = process(part);
        if (process.isPresent()) {
            Program.of("kill", "-" + name, Long.toString(process.get().pid())).end();
        }
    }

    /// SIGKILL, now.
    public void kill(Part part) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = process(part);
        if (process.isPresent()) {
            process.get().destroyForcibly();
            await(part + " of " + name + " to be gone", () -> !process.get().isAlive());
        }
    }

    /// SIGTERM, and waits.
    public void stop(Part part) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = process(part);
        if (process.isPresent()) {
            process.get().destroy();
            await(part + " of " + name + " to stop", () -> !process.get().isAlive());
        }
    }

    /// As if its power was cut: it is off the network at once, then everything on it ends.
    public void kill() throws IOException, InterruptedException {
        link().set("down");
        kill(Part.DAEMON);
        kill(Part.PROXY);
        for (String container : docker("ps", "-q").lines().toList()) {
            Program.of("docker", "-H", engineSocket(), "kill", container).end();
        }
        kill(Part.ENGINE);
    }

    /// Its machine is switched off properly.
    public void stop() throws IOException, InterruptedException {
        stop(Part.DAEMON);
        stop(Part.PROXY);
        stop(Part.ENGINE);
        link().set("down");
    }

    /// Switches it on again.
    public void start(Path home) throws IOException, InterruptedException {
        link().set("up");
        startEngine();
        startDaemon(home);
    }

    /// What must become true within a minute.
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    static void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("Waited " + PATIENCE.toSeconds() + " s in vain for " + what);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /// Takes the node down; what could not be, in words.
    List<String> tearDown() {
        List<String> failures = new ArrayList<>();
        attempt(failures, () -> stop(Part.DAEMON));
        attempt(failures, () -> HaProxy.stop(root().resolve("run/flocker/proxy")));
        attempt(failures, this::removeContainers);
        attempt(failures, () -> Guard.end(root().resolve("run/flocker/guard")));
        attempt(failures, () -> stop(Part.ENGINE));
        attempt(failures, this::unmount);
        attempt(failures, () -> link().remove());
        attempt(failures, () -> deleteTree(folder));
        return failures;
    }

    private interface Action {
        void run() throws IOException, InterruptedException;
    }

    private static void attempt(List<String> failures, Action action) {
        try {
            action.run();
        } catch (IOException e) {
            failures.add(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeContainers() throws IOException, InterruptedException {
        if (process(Part.ENGINE).isEmpty()) {
            startEngine();
        }
        // An engine that was killed may have lost track of a mount and refuse; the container's processes end all the
        // same.
        for (String id : docker("ps", "-aq").lines().toList()) {
            Program.of("docker", "-H", engineSocket(), "rm", "-f", id).end();
        }
    }

    private void unmount() throws IOException {
        Path lib = root().resolve("var/lib/flocker");
        if (Files.exists(lib.resolve("pool.img"))) {
            String kind = Files.readString(root().resolve("etc/flocker/node.properties"))
                            .contains("storage=zfs")
                    ? "ZFS"
                    : "BTRFS";
            Pool.open(lib, Pool.Kind.valueOf(kind), 0).destroy();
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
            String mounted = line.split(" ", -1)[1];
            if (mounted.startsWith(folder + "/")) {
                Program.of("umount", "-l", mounted).end();
            }
        }
    }

    static void deleteTree(Path folder) throws IOException {
        if (Files.exists(folder)) {
            Program.of("rm", "-rf", "--one-file-system", folder.toString())
                    .within(PATIENCE)
                    .run();
        }
    }
}
