package io.flocker.cli.follow;

import io.flocker.cli.shell.Shell;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// What becomes of an operation whose follower is interrupted: it goes on, unless its user, at a
/// terminal, wants it paused or undone.
public final class Interruption {
    private static final long PATIENCE_MILLIS = 30_000;
    private static final long LOOK_MILLIS = 20;

    /// Empty for what has no steps to wait between.
    private final Optional<Request> pause;
    private final Request undo;
    private final Shell shell;
    private final String operation;

    /// What is asked of an operation.
    public interface Request {
        void ask(String operation) throws IOException, InterruptedException;
    }

    /// @param pause has an operation wait
    /// @param undo gives it up
    public Interruption(Request pause, Request undo, Shell shell, String operation) {
        this(Optional.of(pause), undo, shell, operation);
    }

    /// Of an operation that cannot wait.
    public Interruption(Request undo, Shell shell, String operation) {
        this(Optional.empty(), undo, shell, operation);
    }

    private Interruption(Optional<Request> pause, Request undo, Shell shell, String operation) {
        this.pause = pause;
        this.undo = undo;
        this.shell = shell;
        this.operation = operation;
    }

    /// Asks, if there is somebody to ask, and says how things are then.
    public void settle() {
        shell.err().println();
        String choice = choice();
        shell.err()
                .println(
                        choice.startsWith("u")
                                ? undone()
                                : choice.startsWith("p")
                                        ? pause.map(this::paused).orElse(goesOn())
                                        : goesOn());
        shell.flush();
    }

    private String goesOn() {
        return "Operation " + operation + " goes on; follow it with: flocker op show -f " + operation
                + ", undo it with: flocker op cancel " + operation;
    }

    private String paused(Request request) {
        return ask(
                request,
                "paused",
                "have it go on with: flocker op resume " + operation + ", undo it with: flocker op cancel "
                        + operation);
    }

    private String undone() {
        return ask(undo, "undone", "follow that with: flocker op show -f " + operation);
    }

    /// @param done what it is then
    private String ask(Request request, String done, String next) {
        try {
            request.ask(operation);
            return "Operation " + operation + " is " + done + "; " + next;
        } catch (IOException e) {
            return "Operation " + operation + " could not be " + done + ": " + e.getMessage()
                    + "; see how it is with: flocker op show " + operation;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return goesOn();
        }
    }

    /// `u` to undo it, `p` to pause it, anything else to leave it running.
    private String choice() {
        if (!shell.streams().terminal()) {
            return "";
        }
        shell.err()
                .print("Leave operation " + operation + " running"
                        + (pause.isPresent() ? ", pause or undo it? [L/p/u] " : " or undo it? [L/u] "));
        shell.err().flush();
        try {
            return answer().strip().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            // Nobody is there any more.
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
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
