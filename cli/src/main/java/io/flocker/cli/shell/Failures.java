package io.flocker.cli.shell;

import io.flocker.cli.compose.ComposeException;
import io.flocker.client.ApiException;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Tells users why a command failed: one line on standard error, and an exit code. `--debug` adds the stack.
public final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final int UNAVAILABLE = 503;
    private static final int FIRST_SERVER_STATUS = 500;

    private final Shell shell;

    public Failures(Shell shell) {
        this.shell = shell;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        shell.err().println("flocker: " + line(String.valueOf(failure.getMessage())) + "; see " + command + " --help");
        shell.flush();
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine line, ParseResult parsed) {
        shell.out().flush();
        if (Arrays.asList(parsed.originalArgs().toArray()).contains("--debug")) {
            failure.printStackTrace(shell.err());
        }
        int exitCode = tell(failure);
        shell.flush();
        return exitCode;
    }

    private int tell(Exception failure) {
        return switch (failure) {
            case ComposeException e -> {
                e.complaints().forEach(complaint -> shell.err().println(complaint));
                yield ExitCode.USAGE;
            }
            case CommandException e -> say(e.getMessage(), e.exitCode());
            case ApiException e -> say(e.getMessage(), exitCode(e.problem().status()));
            case IOException e -> say(e.getMessage(), ExitCode.UNREACHABLE);
            case InterruptedException _ -> say("interrupted", ExitCode.INTERRUPTED);
            default -> say("a bug: " + failure + "; --debug tells more", ExitCode.FAILED);
        };
    }

    private static int exitCode(int status) {
        if (status == UNAVAILABLE) {
            return ExitCode.UNREACHABLE;
        }
        return status < FIRST_SERVER_STATUS ? ExitCode.REFUSED : ExitCode.FAILED;
    }

    private int say(@Nullable String message, int exitCode) {
        shell.err().println("flocker: " + line(String.valueOf(message)));
        return exitCode;
    }

    /// One line, whatever the message: what comes from a cluster cannot command the terminal either.
    private static String line(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?");
    }
}
