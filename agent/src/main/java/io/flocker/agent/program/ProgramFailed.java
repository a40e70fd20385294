package io.flocker.agent.program;

import java.io.IOException;
import java.util.List;

/// A program that could not be run, took too long or ended with an error.
public final class ProgramFailed extends IOException {
    private static final long serialVersionUID = 1;

    private final transient List<String> command;
    private final int exitCode;
    private final String errorOutput;

    ProgramFailed(List<String> command, int exitCode, String errorOutput, String why) {
        super("`" + String.join(" ", command) + "` " + why + (errorOutput.isBlank() ? "" : ": " + errorOutput.strip()));
        this.command = List.copyOf(command);
        this.exitCode = exitCode;
        this.errorOutput = errorOutput;
    }

    /// The program and its arguments.
    public List<String> command() {
        return command;
    }

    /// What it ended with; -1 if it never started or was stopped at its time limit.
    public int exitCode() {
        return exitCode;
    }

    /// What it wrote to its error output, cut at [Program#ERROR_OUTPUT_BYTES].
    public String errorOutput() {
        return errorOutput;
    }
}
