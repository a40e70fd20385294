package io.flocker.cli.build;

import io.flocker.cli.shell.Shell;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/// What one build prints: shown line by line as it comes, or kept for the case that the build fails.
final class BuildLog {
    private static final int MAX_KEPT = 30;
    private static final int MAX_LINE = 2_000;
    /// Colours and movements, which are for a terminal of the build's own.
    private static final Pattern ESCAPES = Pattern.compile("\033\\[[0-9;?]*[a-zA-Z]");

    private final Shell shell;
    private final String service;
    private final boolean shown;
    private final Deque<String> kept = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();

    BuildLog(Shell shell, String service, boolean shown) {
        this.shell = shell;
        this.service = service;
        this.shown = shown;
    }

    /// Takes text, whose lines may come in pieces.
    void add(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                end();
            } else if (line.length() < MAX_LINE) {
                line.append(c);
            }
        }
    }

    private void end() {
        String text = ESCAPES.matcher(line).replaceAll("").replace('\t', ' ').stripTrailing();
        // A line that a progress bar went over again counts as it was last.
        text = text.substring(text.lastIndexOf('\r') + 1).replaceAll("\\p{Cntrl}", "?");
        line.setLength(0);
        if (text.isEmpty()) {
            return;
        }
        if (shown) {
            tell(text);
            return;
        }
        kept.addLast(text);
        if (kept.size() > MAX_KEPT) {
            kept.removeFirst();
        }
    }

    /// Shows the last lines, unless all were.
    void failed() {
        end();
        kept.forEach(this::tell);
        kept.clear();
    }

    private void tell(String text) {
        shell.err().println(service + " | " + text);
        shell.err().flush();
    }
}
