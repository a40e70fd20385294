package io.flocker.cli.command.stream;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The user's terminal while every key goes to a command elsewhere. Put back as it was in the end, however that comes.
final class RawTerminal implements AutoCloseable {
    private static final File TERMINAL = new File("/dev/tty");
    private static final Size USUAL = new Size(24, 80);

    private final String before;
    private final Thread onExit;

    /// In characters.
    record Size(int rows, int columns) {}

    private RawTerminal(String before) {
        this.before = before;
        onExit = new Thread(this::restore);
    }

    static RawTerminal enter() throws IOException, InterruptedException {
        var terminal = new RawTerminal(stty("-g"));
        Runtime.getRuntime().addShutdownHook(terminal.onExit);
        stty("raw", "-echo");
        return terminal;
    }

    Size size() throws IOException, InterruptedException {
        List<String> words = List.of(stty("size").split(" ", -1));
        try {
            return new Size(Integer.parseInt(words.getFirst()), Integer.parseInt(words.getLast()));
        } catch (NumberFormatException e) {
            return USUAL;
        }
    }

    private static String stty(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectInput(TERMINAL)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exitCode = process.waitFor();
        if (exitCode != 0) {
            throw new IOException("Cannot set up the terminal: " + String.join(" ", command) + " ended with exit code "
                    + exitCode + "; leave out -t");
        }
        return output.strip();
    }

    private void restore() {
        try {
            stty(before);
        } catch (IOException e) {
            // The terminal is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(onExit);
        restore();
    }
}
