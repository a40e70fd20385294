package io.flocker.cli.shell;

/// What `flocker` exits with. Part of its interface: scripts depend on these.
public final class ExitCode {
    public static final int DONE = 0;
    /// It failed; or `flocker diff` found changes.
    public static final int FAILED = 1;
    /// A wrong command line or file.
    public static final int USAGE = 2;
    /// The cluster said no.
    public static final int REFUSED = 3;
    public static final int UNREACHABLE = 4;
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
