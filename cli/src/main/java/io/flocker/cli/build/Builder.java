package io.flocker.cli.build;

import io.flocker.cli.amount.Moment;
import io.flocker.cli.compose.spec.ServiceBuild;
import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Shell;
import io.flocker.client.api.Answers.BuildOutput;
import io.flocker.client.api.Requests;
import io.flocker.core.wire.Json;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Gets the images of an environment's services built, one after the other, on the node where they will run.
public final class Builder {
    private final Cluster cluster;
    private final Shell shell;
    private final String environment;
    private final boolean verbose;

    public Builder(Cluster cluster, Shell shell, String environment, boolean verbose) {
        this.cluster = cluster;
        this.shell = shell;
        this.environment = environment;
        this.verbose = verbose;
    }

    /// Those whose image is not on the node; with `again` all of them. Each image once, for the first of its services.
    public Map<String, ServiceBuild> due(Map<String, ServiceBuild> builds, boolean again)
            throws IOException, InterruptedException {
        return only(builds, build -> again || build.always() || here(build).isEmpty());
    }

    /// Those whose image is not on the node, and no others.
    public Map<String, ServiceBuild> missing(Map<String, ServiceBuild> builds)
            throws IOException, InterruptedException {
        return only(builds, build -> here(build).isEmpty());
    }

    private interface Choice {
        boolean takes(ServiceBuild build) throws IOException, InterruptedException;
    }

    private static Map<String, ServiceBuild> only(Map<String, ServiceBuild> builds, Choice choice)
            throws IOException, InterruptedException {
        Map<String, ServiceBuild> chosen = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (Map.Entry<String, ServiceBuild> build : builds.entrySet()) {
            if (seen.add(build.getValue().request().image()) && choice.takes(build.getValue())) {
                chosen.put(build.getKey(), build.getValue());
            }
        }
        return chosen;
    }

    private String here(ServiceBuild build) throws IOException, InterruptedException {
        return cluster.image(environment, build.request().image()).id();
    }

    /// What would be done about `due` builds, a line each.
    public static void tell(Map<String, ServiceBuild> due, Shell shell) {
        due.forEach((service, build) -> shell.out().println(line(service, build)));
    }

    /// `+ image … for web, built from /srv/shop`
    public static String line(String service, ServiceBuild build) {
        return "+ image " + build.request().image() + " for " + service + ", built from "
                + build.context().folder();
    }

    /// Builds them.
    ///
    /// @throws CommandException if one fails; those before it stay built
    public void build(Map<String, ServiceBuild> due) throws CommandException, IOException, InterruptedException {
        for (Map.Entry<String, ServiceBuild> build : due.entrySet()) {
            build(build.getKey(), build.getValue());
        }
    }

    private void build(String service, ServiceBuild build) throws CommandException, IOException, InterruptedException {
        String before = here(build);
        say(service + ": building");
        long start = shell.nowMillis();
        var log = new BuildLog(shell, service, verbose || shell.redraws());
        BuildOutput end = follow(build, log);
        if (!end.error().isEmpty()) {
            log.failed();
            throw CommandException.failed(
                    "The image of " + service + " cannot be built: " + end.error() + "; nothing else has changed");
        }
        say(service + ": built " + build.request().image() + " in " + Moment.length(shell.nowMillis() - start));
        if (!before.isEmpty() && !before.equals(end.image())) {
            say(service + ": the image is another one than before; flocker restart takes it into use where " + service
                    + " runs already");
        }
    }

    private BuildOutput follow(ServiceBuild build, BuildLog log) throws IOException, InterruptedException {
        Requests.Build request = build.request();
        byte[] line = (Json.text(request) + "\n").getBytes(StandardCharsets.UTF_8);
        try (InputStream context = build.context().open();
                InputStream body = new SequenceInputStream(new ByteArrayInputStream(line), context);
                var answer = new BufferedReader(
                        new InputStreamReader(cluster.build(environment, body), StandardCharsets.UTF_8))) {
            for (String told = answer.readLine(); told != null; told = answer.readLine()) {
                BuildOutput output = Json.read(told.getBytes(StandardCharsets.UTF_8), BuildOutput.class);
                if (!output.image().isEmpty() || !output.error().isEmpty()) {
                    return output;
                }
                log.add(output.text());
            }
        }
        return new BuildOutput("", "", "the node broke off; flocker node ls tells how it is");
    }

    private void say(String line) {
        shell.err().println(line);
        shell.err().flush();
    }
}
