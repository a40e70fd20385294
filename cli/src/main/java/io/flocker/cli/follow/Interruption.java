package io.flocker.cli.follow;

import io.flocker.cli.shell.Shell;
import java.io.IOException;
import java.util.Locale;

/// What becomes of an operation whose follower is interrupted: it goes on, unless its user, at a
/// terminal, wants it undone.
public final class Interruption {
    private static final long PATIENCE_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 20;

    private final Undo undo;
    private final Shell shell;
    private final String operation;

    /// Gives an operation up.
    public interface Undo {
        void undo(String operation) throws IOException, InterruptedException;
    }

    public Interruption(Undo undo, Shell shell, String operation) {
        this.undo = undo;
        this.shell = shell;
        this.operation = operation;
    }

    /// Asks, if there is somebody to ask, and says how things are then.
    public void settle() {
        shell.err().println();
        shell.err().println(isUndone() ? undone() : goesOn());
        shell.flush();
    }

    private String goesOn() {
        return "Operation " + operation + " goes on; follow it with: flocker op show -f " + operation
                + ", undo it with: flocker op cancel " + operation;
    }

    private String undone() {
        try {
            undo.undo(operation);
            return "Operation " + operation + " is undone; follow that with: flocker op show -f " + operation;
        } catch (IOException e) {
            return "Operation " + operation + " could not be undone: " + e.getMessage()
                    + "; see how it is with: flocker op show " + operation;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return goesOn();
        }
    }

    private boolean isUndone() {
        if (!shell.streams().terminal()) {
            return false;
        }
        shell.err().print("Leave operation " + operation + " running, or undo it? [L/u] ");
        shell.err().flush();
        try {
            return answer().strip().toLowerCase(Locale.ROOT).startsWith("u");
        } catch (IOException e) {
            // Nobody is there any more.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// One line; what there is of it once nobody has answered for too long. A process that ends
    /// is not interrupted again, so that it must not wait for ever.
    private String answer() throws IOException, InterruptedException {
        var line = new StringBuilder();
        for (long waited = 0; waited < PATIENCE_MILLIS && line.indexOf("\n") < 0; ) {
            if (shell.streams().in().available() > 0) {
                line.append((char) shell.streams().in().read());
            } else {
                Thread.sleep(LOOK_MILLIS);
                waited += LOOK_MILLIS;
            }
        }
        return line.toString();
    }
}
