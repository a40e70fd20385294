package io.flocker.agent.engine;

import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The engine refused or failed a request.
public final class EngineFailure extends IOException {
    private static final long serialVersionUID = 1;

    /// Longer than the longest grace period would need a thread of its own; stop asks again instead.
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final boolean lasting;

    EngineFailure(String message, @Nullable Throwable cause, boolean lasting) {
        super(message, cause);
        this.lasting = lasting;
    }

    /// What an engine would say.
    ///
    /// @param lasting whether it would say it again
    public static EngineFailure of(String message, boolean lasting) {
        return new EngineFailure(message, null, lasting);
    }

    /// The same, with what was tried afterwards.
    ///
    /// @param hopeless whether that would fail again, too
    public EngineFailure and(String more, boolean hopeless) {
        return new EngineFailure(getMessage() + "; " + more, this, lasting && hopeless);
    }

    /// Whether the same request would fail again.
    public boolean lasting() {
        return lasting;
    }

    /// Calls the engine, turning its unchecked exceptions into checked ones that say what was tried.
    static <T extends @Nullable Object> T trying(String what, Supplier<T> call) throws EngineFailure {
        return trying(what, LIMIT, call);
    }

    /// The same, given up after `limit`: a socket of an engine that hangs would keep its reader for ever.
    static <T extends @Nullable Object> T trying(String what, Duration limit, Supplier<T> call) throws EngineFailure {
        var answer = new CompletableFuture<T>();
        Thread caller = Thread.startVirtualThread(() -> {
            try {
                answer.complete(call.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            caller.interrupt();
            throw silent(what, "for " + limit.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            caller.interrupt();
            Thread.currentThread().interrupt();
            throw new EngineFailure("Cannot " + what + ": Flocker is stopping", e, false);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DockerException refusal) {
                boolean refused = refusal.getHttpStatus() == 400;
                throw new EngineFailure("Cannot " + what + ": " + reason(refusal), refusal, refused);
            }
            throw silent(what, "(" + reason(e) + ")", e);
        }
    }

    private static EngineFailure silent(String what, String how, Exception cause) {
        String message = "Cannot " + what + ": the Docker Engine does not answer " + how + "; is it running?";
        return new EngineFailure(message, cause, false);
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
