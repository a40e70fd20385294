package io.flocker.verify.bench.scale;

import io.flocker.client.Credentials;
import io.flocker.client.FlockerClient;
import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.wire.Json;
import io.flocker.verify.bench.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The other end of [ControlProgram]: starts it, asks it, ends it.
final class ControlProcess implements AutoCloseable {
    /// The heap that a leader of 5,000 nodes is to get along with.
    static final String HEAP = "2g";

    private final Child child;
    private final BufferedReader answers;
    private final OutputStream questions;
    private final int member;
    private final FlockerClient client;

    /// Returns once it is ready.
    ///
    /// @param nodes as for [ControlProgram]
    /// @param member its number, from 1 on
    /// @param ports of all members
    /// @param admin who may do everything
    ControlProcess(Path folder, int nodes, int member, List<ControlCluster.Ports> ports, Credentials admin)
            throws IOException {
        this.member = member;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ControlProgram.class.getName(),
                folder.toString(),
                Integer.toString(nodes),
                Integer.toString(member),
                Integer.toString(ports.get(member - 1).api())));
        ports.forEach(each -> command.add(Integer.toString(each.log())));
        Path errors = folder.resolve("control" + member + ".log");
        child = new Child(new ProcessBuilder(command).redirectError(errors.toFile()));
        answers = new BufferedReader(new InputStreamReader(child.process().getInputStream(), StandardCharsets.UTF_8));
        questions = child.process().getOutputStream();
        client = new FlockerClient(
                URI.create("https://127.0.0.1:" + ports.get(member - 1).api()), admin);
        String first = String.valueOf(answers.readLine());
        if (!first.equals("ready")) {
            close();
            throw new IOException("Control plane " + member + " did not start: " + Files.readString(errors));
        }
    }

    int member() {
        return member;
    }

    /// Asks for an environment with one service of so many instances, as a user does.
    void deploy(String environment, int instances) throws IOException, InterruptedException {
        String application =
                "{\"services\": {\"web\": {\"image\": \"web:1\", \"scale\": " + instances + ", \"expose\": [80]}}}";
        var request =
                new Requests.Deploy(Json.read(application.getBytes(StandardCharsets.UTF_8), ApplicationSpec.class), 0);
        client.put("/v2/environments/" + environment, request, Answers.Change.class);
    }

    /// Its processor time since it began, in nanoseconds.
    long processorNanos() throws IOException {
        return Long.parseLong(ask("processor"));
    }

    /// What lives in its heap after a collection, in bytes.
    long heapBytes() throws IOException {
        return Long.parseLong(ask("heap"));
    }

    /// Whether it leads and can write, as far as it knows.
    boolean leads() throws IOException {
        return ask("leads").equals("yes");
    }

    /// Where the instances of an environment are, in words that are the same only if none has moved.
    String homes(String environment) throws IOException {
        return ask("homes " + environment);
    }

    /// Returns once so many instances have a place.
    void awaitPlaces(int instances) throws IOException {
        await("placed " + instances);
    }

    /// Returns once no operation runs.
    void awaitSettled() throws IOException {
        await("settled");
    }

    private void await(String condition) throws IOException {
        if (!ask(condition).equals("yes")) {
            throw new IOException("It did not come to be " + condition + " in time");
        }
    }

    private String ask(String question) throws IOException {
        questions.write((question + "\n").getBytes(StandardCharsets.UTF_8));
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("The control plane has died");
        }
        return answer;
    }

    @Override
    public void close() {
        client.close();
        child.close();
    }
}
