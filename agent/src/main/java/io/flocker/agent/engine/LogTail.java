package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// Reads the end of what a container printed.
final class LogTail {
    private static final int LINES = 200;
    private static final long LIMIT_SECONDS = 10;

    private final DockerClient docker;

    LogTail(DockerClient docker) {
        this.docker = docker;
    }

    /// Of its last [#LINES] lines, the last `most` characters.
    String of(String container, int most) throws IOException, InterruptedException {
        var end = new End(most);
        docker.logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .withTail(LINES)
                .exec(end);
        try (end) {
            if (!end.awaitCompletion(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new EngineFailure(
                        "The engine did not give the log of " + container + " within " + LIMIT_SECONDS + " s",
                        null,
                        false);
            }
        } catch (RuntimeException e) {
            throw new EngineFailure(
                    "The engine does not give the log of " + container + ": " + EngineFailure.reason(e), e, false);
        }
        return end.text();
    }

    /// Keeps what came last.
    private static final class End extends ResultCallback.Adapter<Frame> {
        private final int most;
        private final StringBuilder text = new StringBuilder();

        End(int most) {
            this.most = most;
        }

        @Override
        public void onNext(Frame frame) {
            synchronized (text) {
                text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
                text.delete(0, Math.max(0, text.length() - most));
            }
        }

        String text() {
            synchronized (text) {
                return text.toString();
            }
        }
    }
}
