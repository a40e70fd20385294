package io.flocker.verify.server;

import io.flocker.agent.program.Program;
import io.flocker.lab.Lab;
import io.flocker.lab.LabNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A lab for a class of tests or a run of benchmarks, taken down whatever happened.
public final class Servers implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final long LEAST_REST_NANOS = 100_000_000;

    /// For one command.
    private static final Duration COMMAND = Duration.ofMinutes(3);

    public final Path home =
            Path.of(System.getProperty("flocker.home", "..")).toAbsolutePath().normalize();
    /// For whatever files its user needs; goes with it.
    public final Path work;

    public final LabNode node;
    public final Lab lab;
    private final Lab.Plan plan;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /// @param number tells labs apart that run side by side
    public Servers(int number) throws IOException, InterruptedException {
        this(number, "6G");
    }

    /// @param poolSize the most that volumes take together, such as `6G`
    public Servers(int number, String poolSize) throws IOException, InterruptedException {
        this(number, poolSize, 1);
    }

    /// @param nodes how many
    public Servers(int number, String poolSize, int nodes) throws IOException, InterruptedException {
        this(number, poolSize, nodes, 0);
    }

    /// @param datacenters over how many the nodes are spread; 0 for none
    public Servers(int number, String poolSize, int nodes, int datacenters) throws IOException, InterruptedException {
        plan = new Lab.Plan(home, System.getProperty("storage", "btrfs"), poolSize, Lab.Image.all(home), datacenters);
        work = Files.createTempDirectory(Path.of("/var/tmp"), "flocker-acceptance-");
        lab = Lab.at(work.resolve("lab"), number);
        Runtime.getRuntime().addShutdownHook(new Thread(this::takeDown));
        boolean up = false;
        try {
            lab.endWithThisProcess();
            lab.up(nodes, plan);
            up = true;
        } finally {
            if (!up) {
                close();
            }
        }
        node = lab.node("n1");
    }

    /// Has one more node join.
    ///
    /// @param name the next one: `n2` to one server
    public LabNode join(String name) throws IOException, InterruptedException {
        return lab.join(name, plan);
    }

    /// What a command printed and ended with.
    public record Answer(int exitCode, String output, String errors) {}

    /// Runs `flocker` as a user of this node would.
    public Answer flocker(String... arguments) throws IOException {
        return flocker(COMMAND, arguments);
    }

    private Answer flocker(Duration limit, String... arguments) throws IOException {
        List<String> words =
                new ArrayList<>(List.of(home.resolve("dist/bin/flocker").toString()));
        words.addAll(List.of(arguments));
        List<String> command = new ArrayList<>(List.of("env", "FLOCKER_ROOT=" + node.root(), "NO_COLOR=1"));
        command.addAll(words);
        Program.Ended ended =
                Program.of(command.toArray(String[]::new)).within(limit).end();
        return new Answer(ended.exitCode(), ended.output(), ended.errors());
    }

    /// Like [#flocker], and fails unless it ends with 0.
    public String succeed(String... arguments) throws IOException {
        return succeed(COMMAND, arguments);
    }

    /// The same with more or less patience.
    public String succeed(Duration limit, String... arguments) throws IOException {
        Answer answer = flocker(limit, arguments);
        if (answer.exitCode() != 0) {
            throw new IOException("flocker " + String.join(" ", arguments) + " ended with " + answer.exitCode() + ":\n"
                    + answer.output() + answer.errors() + "\ndaemon: " + lastLines(node.daemonLog()));
        }
        return answer.output();
    }

    private static String lastLines(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    /// Writes a Compose file into a folder of its own.
    public Path compose(String name, String text) throws IOException {
        Path folder = Files.createDirectories(work.resolve(name));
        Path file = folder.resolve("compose.yaml");
        Files.writeString(file, text);
        return file;
    }

    /// The body of an HTTP answer from a published port.
    public String get(int port, String path) throws IOException, InterruptedException {
        return get(uri(port, path));
    }

    /// The body of an HTTP answer from anywhere.
    public String get(String url) throws IOException, InterruptedException {
        return get(URI.create(url));
    }

    private String get(URI uri) throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    public String send(String method, int port, String path, String body) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(uri(port, path))
                                .timeout(PATIENCE)
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /// The body of an HTTP answer from a port of any node.
    public String get(LabNode from, int port, String path) throws IOException, InterruptedException {
        return get(URI.create("http://" + from.address() + ":" + port + path));
    }

    private URI uri(int port, String path) {
        return URI.create("http://" + node.address() + ":" + port + path);
    }

    /// Waits until `condition` holds.
    public void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (long begun = System.nanoTime(); !condition.holds(); begun = System.nanoTime()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "Waited in vain for " + what + "\n" + flocker("status").output() + lastLines(node.daemonLog()));
            }
            // A command that asks takes the cores from what it waits for.
            TimeUnit.NANOSECONDS.sleep(Math.max(LEAST_REST_NANOS, System.nanoTime() - begun));
        }
    }

    /// Something that becomes true.
    public interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private void takeDown() {
        try {
            close();
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (Files.exists(work)) {
            lab.close();
            Program.of("rm", "-rf", "--one-file-system", work.toString()).run();
        }
    }
}
