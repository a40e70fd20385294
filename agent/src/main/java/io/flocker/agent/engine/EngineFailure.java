package io.flocker.agent.engine;

import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine refused or failed a request.
public final class EngineFailure extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean lasting;

    EngineFailure(String message, @Nullable Throwable cause, boolean lasting) {
        super(message, cause);
        this.lasting = lasting;
    }

    /// Whether the same request would fail again.
    public boolean lasting() {
        return lasting;
    }

    /// Calls the engine, turning its unchecked exceptions into checked ones that say what was tried.
    static <T> T trying(String what, Supplier<T> call) throws EngineFailure {
        try {
            return call.get();
        } catch (DockerException e) {
            boolean refused = e.getHttpStatus() == 400;
            throw new EngineFailure("Cannot " + what + ": " + reason(e), e, refused);
        } catch (RuntimeException e) {
            throw new EngineFailure(
                    "Cannot " + what + ": the Docker Engine does not answer (" + reason(e) + "); is it running?",
                    e,
                    false);
        }
    }

    static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
        return message.replaceFirst("^Status \\d+: ", "")
                .replaceFirst("(?s)^\\{\"message\":\"(.*?)\"\\}\\s*$", "$1")
                .strip();
    }
}
