package io.flocker.cli.follow;

import io.flocker.cli.shell.Shell;
import java.util.List;

/// Where progress is shown: on standard error, so that it is apart from what a command prints.
sealed interface Display permits PlainDisplay, TerminalDisplay {
    /// What fits the shell.
    static Display on(Shell shell) {
        return shell.redraws() ? new TerminalDisplay(shell) : new PlainDisplay(shell);
    }

    /// The present state of things.
    ///
    /// @param title what goes on, for how long
    void show(String title, List<Stage> stages);

    /// Something to be told once.
    void say(String line);
}
