package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.LoadImageCallback;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Images as archives, as `docker save` and `docker load` have them. The engine keeps their content ids.
final class Archives {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final long LOAD_LIMIT_MINUTES = 60;

    private final DockerClient docker;

    Archives(DockerClient docker) {
        this.docker = docker;
    }

    void save(String name, OutputStream out) throws IOException {
        // Without a tag the engine would send all there are of that name.
        InputStream archive = EngineFailure.trying(
                "save image " + name, () -> docker.saveImageCmd(tagged(name)).exec());
        try (archive) {
            var chunk = new byte[CHUNK_BYTES];
            for (int read = archive.read(chunk); read >= 0; read = archive.read(chunk)) {
                out.write(chunk, 0, read);
            }
        }
    }

    static String tagged(String name) {
        boolean tagged = name.indexOf('@') >= 0 || name.indexOf(':', name.lastIndexOf('/') + 1) >= 0;
        return tagged ? name : name + ":latest";
    }

    void load(String name, InputStream archive) throws IOException, InterruptedException {
        var task = new FutureTask<>(() ->
                docker.loadImageAsyncCmd(archive).exec(new LoadImageCallback()).awaitMessage());
        Thread loading = Thread.startVirtualThread(task);
        try {
            task.get(LOAD_LIMIT_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw new EngineFailure("Cannot load image " + name + ": " + EngineFailure.reason(e), e, false);
        } catch (TimeoutException e) {
            throw new EngineFailure(
                    "Image " + name + " was not loaded within " + LOAD_LIMIT_MINUTES + " min", e, false);
        } finally {
            loading.interrupt();
        }
    }
}
