package io.flocker.agent.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.PullResponseItem;
import io.flocker.client.api.Requests;
import io.flocker.core.plan.Assignment.WantedImage;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.ServiceSpec.Pull;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// The engine's images: which of the wanted ones are here, and getting the others.
final class Images {
    private static final long PULL_TIMEOUT_MINUTES = 30;

    private final DockerClient docker;
    private final Logins logins;
    private final Map<String, Local> known = new ConcurrentHashMap<>();
    private final Set<String> pulled = ConcurrentHashMap.newKeySet();
    private final Map<String, String> progress = new ConcurrentHashMap<>();

    Images(DockerClient docker, Logins logins) {
        this.docker = docker;
        this.logins = logins;
    }

    /// An image that is here.
    ///
    /// @param ports the TCP ports it says it listens on, ascending
    private record Local(String id, long bytes, List<Integer> ports) {}

    /// Something changed: look again.
    void forget() {
        known.clear();
    }

    /// Content ids of the wanted images that are here, as [io.flocker.core.plan.Observed#images] names them.
    TreePMap<String, String> here(Collection<WantedImage> wanted) throws EngineFailure {
        TreePMap<String, String> here = TreePMap.empty();
        for (WantedImage image : wanted) {
            Optional<String> id = local(image.reference()).map(Local::id);
            String since = image.reference() + " since " + image.since();
            boolean fresh = image.pull() != Pull.ALWAYS || pulled.contains(since);
            if (id.isPresent() && fresh) {
                here = here.plus(image.pull() == Pull.ALWAYS ? since : image.reference(), id.get());
            }
        }
        return here;
    }

    TreePMap<String, List<Integer>> exposed(Collection<WantedImage> wanted) throws EngineFailure {
        TreePMap<String, List<Integer>> exposed = TreePMap.empty();
        for (WantedImage image : wanted) {
            Optional<Local> here = local(image.reference());
            if (here.isPresent()) {
                exposed = exposed.plus(image.reference(), here.get().ports());
            }
        }
        return exposed;
    }

    /// The ports to look at to see whether an instance listens: those its specification has, else its image's.
    List<Integer> portsOf(ServiceSpec spec) throws EngineFailure {
        return spec.containerPorts().isEmpty()
                ? local(spec.image()).map(Local::ports).orElse(List.of())
                : spec.containerPorts();
    }

    private Optional<Local> local(String reference) throws EngineFailure {
        Local cached = known.get(reference);
        if (cached != null) {
            return Optional.of(cached);
        }
        Optional<Local> found = EngineFailure.trying("look for image " + reference, () -> {
            try {
                return Optional.of(local(docker.inspectImageCmd(reference).exec()));
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        });
        found.ifPresent(local -> known.put(reference, local));
        return found;
    }

    private static Local local(InspectImageResponse image) {
        ContainerConfig config = image.getConfig();
        ExposedPort[] exposed = config == null ? null : config.getExposedPorts();
        List<Integer> ports = exposed == null
                ? List.of()
                : Arrays.stream(exposed)
                        .filter(port -> port.getProtocol() == InternetProtocol.TCP)
                        .map(ExposedPort::getPort)
                        .sorted()
                        .toList();
        Long bytes = image.getSize();
        return new Local(String.valueOf(image.getId()), bytes == null ? 0 : bytes, ports);
    }

    /// The content id of an image; empty if it is not here.
    String id(String reference) throws EngineFailure {
        return local(reference).map(Local::id).orElse("");
    }

    Optional<ContainerEngine.Image> image(String reference) throws EngineFailure {
        return local(reference).map(local -> new ContainerEngine.Image(local.id(), local.bytes()));
    }

    /// An image is here now that was not, or was another one.
    void added(WantedImage image) {
        known.remove(image.reference());
        pulled.add(image.reference() + " since " + image.since());
    }

    /// How far a pull is, in the engine's words; empty if none is under way.
    String progress(String reference) {
        return progress.getOrDefault(reference, "");
    }

    /// Gets an image from its registry.
    ///
    /// @throws EngineFailure lasting if the registry says there is no such image
    void pull(WantedImage image) throws IOException, InterruptedException {
        String reference = image.reference();
        if (reference.startsWith(Requests.Build.REGISTRY)) {
            throw new EngineFailure(
                    "Image " + reference + " was built for a Compose file's build, is not on this node, and is in no"
                            + " registry: run flocker up where the build's context is",
                    null,
                    true);
        }
        if (image.pull() == Pull.NEVER) {
            throw new EngineFailure(
                    "Image " + reference + " is not on this node, and pull_policy is never: load it, or change"
                            + " the policy",
                    null,
                    true);
        }
        PullImageCmd command = docker.pullImageCmd(reference);
        if (!image.platform().isEmpty()) {
            command.withPlatform(image.platform());
        }
        logins.of(reference).ifPresent(command::withAuthConfig);
        Watching watching = new Watching(layer -> progress.put(reference, layer));
        try {
            boolean ended = command.exec(watching).awaitCompletion(PULL_TIMEOUT_MINUTES, TimeUnit.MINUTES);
            if (!ended) {
                throw new EngineFailure(
                        "Image " + reference + " was not pulled within " + PULL_TIMEOUT_MINUTES + " min", null, false);
            }
        } catch (NotFoundException e) {
            throw absent(reference, e);
        } catch (DockerException e) {
            throw failed(reference, e);
        } finally {
            progress.remove(reference);
        }
        if (!watching.error.isEmpty()) {
            throw new EngineFailure(cannot(reference, watching.error), null, false);
        }
        added(image);
    }

    private static EngineFailure absent(String reference, Exception cause) {
        return new EngineFailure(
                "There is no image " + reference + " here or in its registry (" + EngineFailure.reason(cause)
                        + "); check the name, or docker login on the node if it is private",
                cause,
                true);
    }

    private static EngineFailure failed(String reference, Exception cause) {
        String reason = EngineFailure.reason(cause);
        boolean absent = Stream.of("not found", "manifest unknown", "name unknown", "denied")
                .anyMatch(reason::contains);
        return absent ? absent(reference, cause) : new EngineFailure(cannot(reference, reason), cause, false);
    }

    private static String cannot(String reference, String reason) {
        String advice = RegistryAdvice.on(reference, reason);
        return "Cannot pull image " + reference + ": " + reason + (advice.isEmpty() ? "" : "; " + advice);
    }

    /// Follows a pull's progress.
    private static final class Watching extends ResultCallback.Adapter<PullResponseItem> {
        private final Consumer<String> layers;
        private volatile String error = "";

        Watching(Consumer<String> layers) {
            this.layers = layers;
        }

        @Override
        public void onNext(PullResponseItem item) {
            if (item.getErrorDetail() != null) {
                error = String.valueOf(item.getErrorDetail().getMessage());
            } else if (item.getStatus() != null) {
                layers.accept(item.getStatus());
            }
        }
    }
}
