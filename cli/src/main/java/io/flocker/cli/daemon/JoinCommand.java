package io.flocker.cli.daemon;

import io.flocker.client.Invitation;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `flocker join`
@Command(
        name = "join",
        description = "Make this machine a node of a cluster. Its private key is made here and never leaves it.",
        footer = {"", "A token is made on a node of the cluster: flocker token create", "Start it with: flocker daemon"
        })
public final class JoinCommand implements Callable<Integer> {
    @Mixin
    private final NodeOptions options = new NodeOptions();

    @Parameters(paramLabel = "TOKEN", description = "The token that lets it in.")
    private String token = "";

    @Option(
            names = "--voter",
            description = "Make it a voter: with three or five of them the cluster goes on without one or two.")
    private boolean voter;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        NodeSettings settings = options.settings();
        Join.join(options.installation(), settings, options.labels(), Invitation.parse(token), voter);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Node " + settings.name() + " has joined and is ready to start: flocker daemon");
        return 0;
    }
}
