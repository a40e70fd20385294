package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.model.BuildResponseItem;
import io.flocker.client.api.Answers.BuildOutput;
import io.flocker.client.api.Requests;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Builds images on this node's engine. A few at a time, each with a limit on its context and its time.
public final class DockerBuilder {
    private static final int MAX_BUILDS = 4;
    private static final long LIMIT_MINUTES = 60;

    private final DockerClient docker;
    private final Images images;
    private final Registries registries;
    private final Semaphore room = new Semaphore(MAX_BUILDS);

    public DockerBuilder(DockerEngine engine) {
        docker = engine.docker();
        images = engine.images();
        registries = engine.registries();
    }

    /// Takes what a build tells.
    @FunctionalInterface
    public interface Listener {
        void hear(BuildOutput told) throws IOException;
    }

    /// The content id of an image; empty if it is not here.
    public String id(String image) throws IOException {
        return images.id(image);
    }

    /// What an image's name stands for in its registry, such as `sha256:…`.
    public String digest(String image) throws IOException {
        return registries.digest(image);
    }

    /// Builds from `context`, an archive. How it ends is told last; nothing but a broken listener is thrown.
    public void build(Requests.Build build, InputStream context, Listener listener) throws IOException {
        if (!room.tryAcquire()) {
            listener.hear(failed("There are " + MAX_BUILDS + " builds under way on this node; wait for one to end"));
            return;
        }
        var telling = new Telling(listener);
        try (telling) {
            if (command(build, new Limited(context)).exec(telling).awaitCompletion(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                listener.hear(telling.error.isEmpty() ? built(build) : failed(telling.error));
            } else {
                listener.hear(failed("The build did not end within " + LIMIT_MINUTES + " min"));
            }
        } catch (RuntimeException e) {
            listener.hear(failed("The engine broke off: " + EngineFailure.reason(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listener.hear(failed("Flocker is stopping"));
        } finally {
            room.release();
        }
    }

    private BuildOutput built(Requests.Build build) {
        try {
            images.forget();
            String id = images.id(build.image());
            return id.isEmpty()
                    ? failed("The engine ended the build without image " + build.image())
                    : new BuildOutput("", id, "");
        } catch (EngineFailure e) {
            return failed(String.valueOf(e.getMessage()));
        }
    }

    private static BuildOutput failed(String why) {
        return new BuildOutput("", "", why);
    }

    private BuildImageCmd command(Requests.Build build, InputStream context) {
        BuildImageCmd command = docker.buildImageCmd(context)
                .withTags(build.alias().isEmpty() ? Set.of(build.image()) : Set.of(build.image(), build.alias()))
                .withDockerfilePath(build.dockerfile())
                .withLabels(build.labels())
                .withPull(build.pull())
                .withNoCache(build.noCache())
                .withRemove(true)
                .withForcerm(true);
        build.args().forEach(command::withBuildArg);
        if (!build.target().isEmpty()) {
            command.withTarget(build.target());
        }
        if (!build.platform().isEmpty()) {
            command.withPlatform(build.platform());
        }
        return command;
    }

    /// Passes on what the engine says.
    private static final class Telling extends ResultCallback.Adapter<BuildResponseItem> {
        private final Listener listener;
        private volatile String error = "";

        Telling(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onNext(BuildResponseItem item) {
            try {
                if (item.getErrorDetail() != null) {
                    error = String.valueOf(item.getErrorDetail().getMessage());
                } else if (item.getStream() != null) {
                    listener.hear(new BuildOutput(item.getStream(), "", ""));
                } else if (item.getStatus() != null && item.getProgressDetail() == null) {
                    String layer = item.getId() == null ? "" : item.getId() + ": ";
                    listener.hear(new BuildOutput(layer + item.getStatus() + "\n", "", ""));
                }
            } catch (IOException e) {
                onError(e);
            }
        }
    }

    /// A context that breaks when it is too large.
    private static final class Limited extends FilterInputStream {
        private long left = Requests.Build.MAX_CONTEXT_BYTES;

        Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            counted(next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return counted(super.read(into, from, length));
        }

        private int counted(int bytes) throws IOException {
            left -= Math.max(bytes, 0);
            if (left < 0) {
                throw new IOException(
                        "The build's context is larger than " + Requests.Build.MAX_CONTEXT_BYTES + " bytes");
            }
            return bytes;
        }
    }
}
