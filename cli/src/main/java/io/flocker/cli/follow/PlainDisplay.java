package io.flocker.cli.follow;

import io.flocker.cli.shell.Shell;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One line for each change.
final class PlainDisplay implements Display {
    private final Shell shell;
    private final Map<String, String> shown = new HashMap<>();

    PlainDisplay(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void show(String title, List<Stage> stages) {
        for (Stage stage : stages) {
            if (!stage.words().equals(shown.put(stage.what(), stage.words()))) {
                say(stage.what() + ": " + stage.words());
            }
        }
    }

    @Override
    public void say(String line) {
        shell.err().println(line);
        shell.err().flush();
    }
}
