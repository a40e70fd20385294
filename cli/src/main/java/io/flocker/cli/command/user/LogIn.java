package io.flocker.cli.command.user;

import io.flocker.cli.shell.Cluster;
import io.flocker.cli.shell.CommandException;
import io.flocker.cli.shell.Connection;
import io.flocker.cli.shell.ExitCode;
import io.flocker.cli.shell.LoginFile;
import io.flocker.cli.shell.Shell;
import io.flocker.client.FlockerClient;
import io.flocker.client.Login;
import io.flocker.client.api.Answers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `flocker login`: keeps a token for the commands that follow.
@Command(
        name = "login",
        description =
                "Log in with a token that flocker user add printed. It is kept in your own folder, readable by you"
                        + " only, until flocker logout.",
        footer = {"", "Pipelines need no login: FLOCKER_TOKEN=TOKEN flocker up"})
public final class LogIn implements Callable<Integer> {
    private final Shell shell;

    @Option(
            names = "--api",
            paramLabel = "URL",
            defaultValue = "",
            description =
                    "Where the API is, or several nodes' APIs with commas between (default: what the token says).")
    private String api = "";

    @Parameters(
            arity = "0..1",
            paramLabel = "TOKEN",
            description = "The token (default: read from standard input, so that no list of processes shows it).")
    private String token = "";

    public LogIn(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        try {
            Login login = read();
            List<URI> apis = api.isEmpty() ? login.apis() : Connection.addresses(api);
            try (var cluster = new Cluster(FlockerClient.of(login, apis))) {
                Answers.WhoAmI self = cluster.users().self();
                LoginFile.of(shell).write(login.text(), api);
                shell.out().print("Logged in to " + cluster.client().place() + " as " + WhoAmI.text(self));
            }
            return ExitCode.DONE;
        } finally {
            shell.flush();
        }
    }

    private Login read() throws CommandException, IOException {
        String text = token;
        if (text.isEmpty()) {
            if (shell.streams().terminal()) {
                shell.err().print("Token: ");
            }
            var in = new BufferedReader(new InputStreamReader(shell.streams().in(), StandardCharsets.UTF_8));
            String line = in.readLine();
            text = line == null ? "" : line;
        }
        try {
            return Login.parse(text);
        } catch (IOException e) {
            throw CommandException.usage(String.valueOf(e.getMessage()));
        }
    }
}
