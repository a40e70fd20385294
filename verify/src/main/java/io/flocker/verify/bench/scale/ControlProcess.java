package io.flocker.verify.bench.scale;

import io.flocker.verify.bench.Child;
import io.flocker.verify.bench.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
    private final int port = FreePort.find();

    ControlProcess(Path folder, int nodes) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ControlProgram.class.getName(),
                folder.toString(),
                Integer.toString(nodes),
                Integer.toString(port)));
        child = new Child(new ProcessBuilder(command)
                .redirectError(folder.resolve("control.log").toFile()));
        answers = new BufferedReader(new InputStreamReader(child.process().getInputStream(), StandardCharsets.UTF_8));
        questions = child.process().getOutputStream();
        String first = String.valueOf(answers.readLine());
        if (!first.equals("ready")) {
            close();
            throw new IOException("The control plane did not start: " + first);
        }
    }

    URI api() {
        return URI.create("https://127.0.0.1:" + port);
    }

    /// Its processor time since it began, in nanoseconds.
    long processorNanos() throws IOException {
        return Long.parseLong(ask("processor"));
    }

    /// What lives in its heap after a collection, in bytes.
    long heapBytes() throws IOException {
        return Long.parseLong(ask("heap"));
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
        child.close();
    }
}
