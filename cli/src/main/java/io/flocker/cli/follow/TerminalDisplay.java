package io.flocker.cli.follow;

import io.flocker.cli.shell.Colour;
import io.flocker.cli.shell.Shell;
import java.util.List;

/// A block of lines that is drawn anew in place.
final class TerminalDisplay implements Display {
    private static final String ESCAPE = "\033[";
    private static final String CLEAR_BELOW = "\033[J";
    /// Lines do not wrap while the block is drawn, or moving up would miss its beginning.
    private static final String NO_WRAP = "\033[?7l";

    private static final String WRAP = "\033[?7h";
    private static final int MAX_LINES = 40;

    private final Shell shell;
    private int drawn;

    TerminalDisplay(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void show(String title, List<Stage> stages) {
        var text = new StringBuilder(erased()).append(NO_WRAP).append(title).append('\n');
        int lines = Math.min(stages.size(), MAX_LINES);
        int width =
                stages.stream().mapToInt(stage -> stage.what().length()).max().orElse(0);
        for (Stage stage : stages.subList(0, lines)) {
            String mark = stage.settled() ? Colour.GREEN.of("+", shell) : Colour.YELLOW.of("~", shell);
            text.append(' ').append(mark).append(' ').append(stage.what());
            text.repeat(' ', width - stage.what().length() + 2)
                    .append(stage.words())
                    .append('\n');
        }
        drawn = lines + 1;
        shell.err().print(text.append(WRAP));
        shell.err().flush();
    }

    private String erased() {
        return drawn == 0 ? "" : ESCAPE + drawn + "A" + CLEAR_BELOW;
    }

    @Override
    public void say(String line) {
        shell.err().println(erased() + line);
        shell.err().flush();
        drawn = 0;
    }
}
