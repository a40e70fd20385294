package io.flocker.cli.command.stream;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.Colour;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/// Reads the logs of several instances at once and prints their lines, each with its instance's name and colour.
final class LogReader {
    private static final Colour[] COLOURS = {Colour.CYAN, Colour.YELLOW, Colour.GREEN, Colour.MAGENTA, Colour.BLUE};
    private static final long LOOK_MILLIS = 2_000;

    private final Cluster cluster;
    private final Shell shell;
    private final Range range;
    private final Set<String> begun = new HashSet<>();
    private int width;

    /// Which part of the logs, and how.
    ///
    /// @param query for the API
    /// @param prefix whether lines begin with the instance's name
    record Range(String environment, String query, boolean follow, boolean prefix) {}

    LogReader(Cluster cluster, Shell shell, Range range) {
        this.cluster = cluster;
        this.shell = shell;
        this.range = range;
    }

    /// One instance's container.
    private record Source(String instance, String container, Colour colour) {}

    /// Prints until the logs end; when following, until there is nobody to print for.
    void read(BiPredicate<Status.Service, Status.Instance> wanted) throws IOException, InterruptedException {
        List<Source> sources = fresh(cluster.environment(range.environment()), wanted);
        width = sources.stream()
                .mapToInt(source -> source.instance().length())
                .max()
                .orElse(0);
        if (!range.follow()) {
            for (Source source : sources) {
                print(source);
            }
            return;
        }
        while (!shell.out().checkError()) {
            for (Source source : sources) {
                Thread.ofVirtual().start(() -> follow(source));
            }
            Thread.sleep(LOOK_MILLIS);
            Optional<Status.Environment> found = cluster.find(range.environment());
            sources = found.isEmpty() ? List.of() : fresh(found.get(), wanted);
        }
    }

    /// Containers that are not read yet.
    private List<Source> fresh(Status.Environment environment, BiPredicate<Status.Service, Status.Instance> wanted) {
        var sources = new ArrayList<Source>();
        for (Status.Service service : environment.services()) {
            for (Status.Instance instance : service.instances()) {
                if (!instance.container().isEmpty()
                        && wanted.test(service, instance)
                        && begun.add(instance.container())) {
                    Colour colour = COLOURS[begun.size() % COLOURS.length];
                    sources.add(new Source(instance.name(), instance.container(), colour));
                }
            }
        }
        return sources;
    }

    private void follow(Source source) {
        try {
            print(source);
        } catch (IOException e) {
            say(source, "(no more: " + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(Source source) throws IOException, InterruptedException {
        String path = Cluster.path(range.environment()) + "/instances/" + Cluster.encode(source.instance()) + "/logs?"
                + range.query();
        try (InputStream in = cluster.client().stream("GET", path);
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                say(source, line);
            }
        }
    }

    private void say(Source source, String line) {
        String name = source.instance()
                + " ".repeat(Math.max(0, width - source.instance().length())) + " | ";
        String text = range.prefix() ? source.colour().of(name, shell) + line : line;
        synchronized (this) {
            shell.out().println(text);
            if (range.follow()) {
                shell.out().flush();
            }
        }
    }
}
