package io.flocker.cli.daemon;

import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.ca.Authority;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.pcollections.TreePMap;

/// [BareNode]s in processes of their own.
final class BareCluster implements AutoCloseable {
    private final Path folder;
    private final List<String> options;
    private final int apiPort = freePort();
    private final int raftPort = freePort();
    private final Map<Integer, Process> nodes = new TreeMap<>();

    /// @param options of the processes' JVMs
    BareCluster(Path folder, String... options) throws IOException {
        this.folder = folder;
        this.options = List.of(options);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    Installation installation(int number) {
        return new Installation(folder.resolve("n" + number));
    }

    /// Starts a node that is there already, or the first.
    void start(int number) throws IOException {
        start(number, "", true);
    }

    /// Starts a node, and returns when its API answers.
    void start(int number, String token, boolean voter) throws IOException {
        Path errors = folder.resolve("n" + number + ".errors");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BareNode.class.getName()));
        command.addAll(List.of(installation(number).root().toString(), Integer.toString(number)));
        command.addAll(List.of(Integer.toString(apiPort), Integer.toString(raftPort), token, Boolean.toString(voter)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        nodes.put(number, process);
        @SuppressWarnings("resource") // closed with the process
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); !"up".equals(line); line = lines.readLine()) {
            if (line == null) {
                throw new AssertionError("n" + number + " did not start: " + Files.readString(errors));
            }
        }
        Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {}));
    }

    /// SIGKILL.
    void kill(int number) {
        Process process = nodes.remove(number);
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /// SIGSTOP: it neither hears nor says anything, and has forgotten nothing.
    void suspend(int number) throws IOException, InterruptedException {
        signal(number, "-STOP");
    }

    /// SIGCONT.
    void resume(int number) throws IOException, InterruptedException {
        signal(number, "-CONT");
    }

    private void signal(int number, String signal) throws IOException, InterruptedException {
        Process process = nodes.get(number);
        if (process == null) {
            throw new IOException("n" + number + " does not run");
        }
        new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    }

    /// User admin, who asks these nodes.
    FlockerClient admin(int... numbers) throws IOException {
        Authority authority = Authority.open(installation(1).authority());
        return new FlockerClient(
                IntStream.of(numbers)
                        .mapToObj(number -> URI.create("https://127.0.0." + number + ":" + apiPort))
                        .toList(),
                authority.user("admin"));
    }

    /// Whoever the token is of, who asks this node.
    FlockerClient user(Login login, int number) throws IOException {
        return FlockerClient.of(login, List.of(URI.create("https://127.0.0." + number + ":" + apiPort)));
    }

    static String token(FlockerClient admin, int uses) throws IOException, InterruptedException {
        return admin.post("/v2/tokens", new Requests.CreateToken(600, uses), Answers.NewToken.class)
                .text();
    }

    /// What `flocker node ls` shows under CONTROL, by node.
    static Map<String, String> control(FlockerClient admin) throws IOException, InterruptedException {
        var control = new TreeMap<String, String>();
        for (Status.Node node : admin.get("/v2/nodes", Answers.Nodes.class).nodes()) {
            control.put(node.name(), node.control());
        }
        return control;
    }

    static void label(FlockerClient admin, String node, String label) throws IOException, InterruptedException {
        admin.patch(
                "/v2/nodes/" + node,
                new Requests.ChangeNode(TreePMap.singleton(label, ""), List.of(), "", ""),
                Status.Node.class);
    }

    static void set(FlockerClient admin, String node, String control) throws IOException, InterruptedException {
        admin.patch("/v2/nodes/" + node, Requests.ChangeNode.control(control), Status.Node.class);
    }

    @Override
    public void close() {
        for (int number : List.copyOf(nodes.keySet())) {
            kill(number);
        }
    }
}
