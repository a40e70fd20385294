package io.flocker.cli.daemon;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `flocker init`
@Command(
        name = "init",
        description =
                "Make this machine the first node of a new cluster: certificate authority, certificates, settings.",
        footer = {"", "Start it with: flocker daemon"})
public final class InitCommand implements Callable<Integer> {
    @Mixin
    private final NodeOptions options = new NodeOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Installation installation = options.installation();
        NodeSettings settings = options.settings();
        Init.init(installation, settings, options.labels());
        PrintWriter out = spec.commandLine().getOut();
        out.println("Node " + settings.name() + " is ready to start: flocker daemon");
        out.println("API: " + settings.api());
        out.println("Credentials of user admin: " + installation.userCredentials());
        return 0;
    }
}
