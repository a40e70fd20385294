package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.command.LogContainerCmd;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What containers print, and commands run inside them, as streams.
public final class DockerTerminal {
    private static final int MAX_COMMANDS = 200;
    private static final int FRAME_HEADER_BYTES = 8;

    private final DockerClient docker;
    private final Path socket;
    private final Map<String, Input> inputs = new ConcurrentHashMap<>();

    public DockerTerminal(DockerEngine engine) {
        docker = engine.docker();
        socket = engine.socket();
    }

    private record Input(PipedInputStream read, PipedOutputStream write, boolean tty) {}

    /// Which part of a container's log.
    ///
    /// @param tail how many of the last lines; -1 for all
    /// @param sinceSeconds since 1970; 0 for the beginning
    /// @param framed whether each piece comes in the engine's frame, which tells output and errors apart
    public record LogRange(boolean follow, int tail, int sinceSeconds, boolean timestamps, boolean framed) {}

    /// A command's state.
    public record Exit(boolean running, int exitCode) {}

    /// Writes a container's log to `out` until it ends or, when followed, until `out` breaks.
    public void logs(String container, LogRange range, OutputStream out) throws IOException, InterruptedException {
        LogContainerCmd command = docker.logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(range.follow())
                .withTimestamps(range.timestamps());
        if (range.tail() >= 0) {
            command.withTail(range.tail());
        }
        if (range.sinceSeconds() > 0) {
            command.withSince(range.sinceSeconds());
        }
        copy(command.exec(new Copy(out, range.framed())));
    }

    private static void copy(Copy copy) throws IOException, InterruptedException {
        try {
            copy.awaitCompletion();
        } catch (RuntimeException e) {
            throw new EngineFailure("The engine broke off: " + EngineFailure.reason(e), e, false);
        } finally {
            copy.close();
        }
    }

    /// Prepares a command; [#run] starts it.
    ///
    /// @return its id
    public String prepare(String container, List<String> command, boolean tty, String user, String workingDir)
            throws IOException {
        if (inputs.size() >= MAX_COMMANDS) {
            throw new IOException(
                    "There are " + MAX_COMMANDS + " commands under way on this node; wait for some to end");
        }
        ExecCreateCmd create = docker.execCreateCmd(container)
                .withCmd(command.toArray(String[]::new))
                .withAttachStdin(true)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withTty(tty);
        if (!user.isEmpty()) {
            create.withUser(user);
        }
        if (!workingDir.isEmpty()) {
            create.withWorkingDir(workingDir);
        }
        String id = EngineFailure.trying(
                "prepare a command in " + container, () -> create.exec().getId());
        PipedOutputStream write = new PipedOutputStream();
        inputs.put(id, new Input(new PipedInputStream(write, 64 * 1024), write, tty));
        return id;
    }

    /// Starts a prepared command and writes its output until it ends. Without a terminal in the engine's frames.
    public void run(String id, OutputStream out) throws IOException {
        Input input = inputs.get(id);
        if (input == null) {
            throw new IOException("There is no prepared command " + id);
        }
        try {
            RawExec.run(socket, id, input.tty(), input.read(), out);
        } finally {
            inputs.remove(id);
        }
    }

    /// Feeds a command until `in` ends.
    public void feed(String id, InputStream in) throws IOException {
        Input input = inputs.get(id);
        if (input != null) {
            try (OutputStream write = input.write()) {
                byte[] chunk = new byte[8 * 1024];
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    write.write(chunk, 0, read);
                    write.flush();
                }
            }
        }
    }

    public void resize(String id, int rows, int columns) throws IOException {
        EngineFailure.trying(
                "resize the terminal of " + id,
                () -> docker.resizeExecCmd(id).withSize(rows, columns).exec());
    }

    public Exit exit(String id) throws IOException {
        InspectExecResponse response = EngineFailure.trying(
                "look at command " + id, () -> docker.inspectExecCmd(id).exec());
        Long code = response.getExitCodeLong();
        return new Exit(Boolean.TRUE.equals(response.isRunning()), code == null ? 0 : code.intValue());
    }

    /// Copies frames to a stream, with the engine's frame headers or bare.
    private static final class Copy extends ResultCallback.Adapter<Frame> {
        private final OutputStream out;
        private final boolean framed;

        Copy(OutputStream out, boolean framed) {
            this.out = out;
            this.framed = framed;
        }

        @Override
        public void onNext(Frame frame) {
            try {
                if (framed) {
                    int stream = frame.getStreamType() == StreamType.STDERR ? 2 : 1;
                    out.write(ByteBuffer.allocate(FRAME_HEADER_BYTES)
                            .put((byte) stream)
                            .putInt(4, frame.getPayload().length)
                            .array());
                }
                out.write(frame.getPayload());
                out.flush();
            } catch (IOException e) {
                onError(e);
            }
        }
    }
}
