package io.flocker.cli.shell;

import java.io.IOException;

/// Asks whoever is at the terminal whether to go on.
public final class Consent {
    private static final int MAX_ANSWER = 100;

    private Consent() {}

    /// Whether they say yes; without a terminal nobody does.
    ///
    /// @param text what they are to agree with
    public static boolean to(String text, Shell shell) throws IOException {
        if (!shell.streams().terminal()) {
            return false;
        }
        shell.err().print(text + "\nGo on with that? [y/N] ");
        shell.flush();
        var answer = new StringBuilder();
        for (int next = shell.streams().in().read();
                next >= 0 && next != '\n' && answer.length() < MAX_ANSWER;
                next = shell.streams().in().read()) {
            answer.append((char) next);
        }
        String said = answer.toString().strip();
        return said.equalsIgnoreCase("y") || said.equalsIgnoreCase("yes");
    }
}
