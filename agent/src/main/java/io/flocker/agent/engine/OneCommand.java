package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// A command in a container that nobody talks to: it has so long, and is killed then, as the engine cannot do it.
final class OneCommand {
    private static final int MAX_OUTPUT = 500;

    private OneCommand() {}

    static ContainerEngine.Ran run(DockerClient docker, String container, List<String> command, long timeoutMillis)
            throws IOException, InterruptedException {
        String id = EngineFailure.trying(
                "prepare a command in " + container,
                () -> docker.execCreateCmd(container)
                        .withCmd(command.toArray(String[]::new))
                        .withAttachStdout(true)
                        .withAttachStderr(true)
                        .exec()
                        .getId());
        var printed = new Printed();
        try {
            EngineFailure.trying(
                    "start a command in " + container,
                    () -> docker.execStartCmd(id).exec(printed));
            if (!printed.awaitCompletion(timeoutMillis, TimeUnit.MILLISECONDS)) {
                kill(docker, id);
                return new ContainerEngine.Ran(OptionalInt.empty(), printed.text());
            }
        } finally {
            printed.close();
        }
        Long code = EngineFailure.trying(
                "look at a command in " + container,
                () -> docker.inspectExecCmd(id).exec().getExitCodeLong());
        return new ContainerEngine.Ran(OptionalInt.of(code == null ? -1 : code.intValue()), printed.text());
    }

    private static void kill(DockerClient docker, String id) throws IOException {
        Long pid = EngineFailure.trying(
                "look at command " + id, () -> docker.inspectExecCmd(id).exec().getPidLong());
        if (pid != null && pid > 0) {
            ProcessHandle.of(pid).ifPresent(process -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            });
        }
    }

    private static final class Printed extends ResultCallback.Adapter<Frame> {
        private final StringBuilder text = new StringBuilder();

        @Override
        public synchronized void onNext(Frame frame) {
            text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            text.delete(0, Math.max(0, text.length() - MAX_OUTPUT));
        }

        synchronized String text() {
            return text.toString();
        }
    }
}
