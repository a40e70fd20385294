package io.flocker.cli.shell;

/// A command cannot go on: why, in one line for its user, and the exit code.
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    private CommandException(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    /// What the user wrote is wrong.
    public static CommandException usage(String message) {
        return new CommandException(ExitCode.USAGE, message);
    }

    /// What was to be done was not.
    public static CommandException failed(String message) {
        return new CommandException(ExitCode.FAILED, message);
    }

    /// There is no way to the cluster.
    public static CommandException unreachable(String message) {
        return new CommandException(ExitCode.UNREACHABLE, message);
    }

    public int exitCode() {
        return exitCode;
    }
}
