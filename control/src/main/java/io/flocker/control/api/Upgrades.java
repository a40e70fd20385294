package io.flocker.control.api;

import io.flocker.client.api.Requests;
import io.flocker.control.lead.Leader;
import io.flocker.control.log.NotLeading;
import io.flocker.core.cluster.ClusterState;
import io.flocker.core.cluster.Command;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.pcollections.TreePMap;

/// Deployments of what an environment was told before, changed at one place. Users ask for them, and services that
/// follow their image's name.
final class Upgrades {
    /// How many nodes are asked what an image's name stands for, while none can be reached.
    private static final int MAX_ASKED = 3;

    /// How long a deployment waits for registries before it goes on without them. One answer may take 30 s more.
    private static final long ASKING_MILLIS = 20_000;

    private final Decisions decisions;
    private final NodeCalls nodes;

    Upgrades(Decisions decisions, NodeCalls nodes) {
        this.decisions = decisions;
        this.nodes = nodes;
    }

    /// What an environment is to become.
    ///
    /// @param digests as in [io.flocker.core.model.Operation.Kind.Deploy#digests]
    record Target(ApplicationSpec application, TreePMap<String, String> digests) {}

    /// Says what images' names stand for.
    interface Contents {
        String digest(String image) throws Refusal, IOException, InterruptedException;
    }

    /// With other images for some services. One that follows its image's name begins with what that stands for.
    ///
    /// @param images by service; empty for what the declared one's name stands for, as `contents` says
    Target target(Environment environment, Map<String, String> images, Contents contents)
            throws Refusal, IOException, InterruptedException {
        ApplicationSpec application = environment.application();
        TreePMap<String, String> digests = TreePMap.empty();
        for (var entry : images.entrySet()) {
            ServiceSpec spec = declared(environment, entry.getKey());
            String image = entry.getValue().isEmpty() ? spec.image() : entry.getValue();
            ServiceSpec next = spec.withImage(image);
            if (entry.getValue().isEmpty() || next.followsTag()) {
                digests = digests.plus(entry.getKey(), contents.digest(image));
            }
            application = application.with(entry.getKey(), next);
        }
        return new Target(application, digests);
    }

    /// Refused when the environment has changed since.
    Command.Deploy command(String by, Environment environment, Target target, long timeoutSeconds) {
        long now = System.currentTimeMillis();
        return new Command.Deploy(
                by,
                now,
                decisions.newId(),
                EnvironmentEndpoints.deadline(now, timeoutSeconds),
                environment.name(),
                target.application(),
                target.digests(),
                OptionalLong.of(environment.version()));
    }

    /// The same, but services that follow their load go on with as many instances as they have: what a file says is
    /// what they begin with.
    ///
    /// @param known what runs already; empty for nothing
    static ApplicationSpec following(Optional<Environment> known, ApplicationSpec application) {
        ApplicationSpec next = application;
        for (var entry : application.services().entrySet()) {
            ServiceSpec spec = entry.getValue();
            Optional<Service> service = known.flatMap(it -> it.service(entry.getKey()));
            if (spec.autoscale().isPresent() && service.isPresent()) {
                int count = spec.autoscale().get().within(service.get().scale());
                next = next.with(entry.getKey(), spec.with(count, spec.placement()));
            }
        }
        return next;
    }

    /// What an image's name stands for in its registry now, as the node is told where an environment's images are; if
    /// it
    /// cannot be reached, as others are.
    String digest(String environment, String image) throws Refusal, IOException, InterruptedException {
        if (image.startsWith(Requests.Build.REGISTRY)) {
            throw Refusal.invalid("Image " + image + " was built for a Compose file's build and is in no registry: run"
                    + " flocker up where the build's context is, which builds what has changed");
        }
        ClusterState state = decisions.state();
        if (state.nodes().isEmpty()) {
            throw Refusal.of(409, "conflict", "Not as things are", "There is no node yet; start flocker daemon");
        }
        IOException unreachable = new IOException("No node could be asked about image " + image);
        for (String node : askable(state, environment)) {
            try {
                return nodes.digest(node, image);
            } catch (IOException e) {
                unreachable = e;
            }
        }
        throw unreachable;
    }

    /// The nodes to ask, those first that were heard of just now; of these, the one where the environment's images are.
    private List<String> askable(ClusterState state, String environment) throws NotLeading {
        String builder = state.builder(environment);
        long now = System.currentTimeMillis();
        Leader leader = decisions.leader();
        List<String> heard = state.nodes().keySet().stream()
                .filter(node -> leader.heard(node)
                        .filter(last -> now - last.atMillis() < Views.SILENT_MILLIS)
                        .isPresent())
                .toList();
        return state.nodes().keySet().stream()
                .sorted(Comparator.comparing((String node) -> !heard.contains(node))
                        .thenComparing(node -> !node.equals(builder)))
                .limit(MAX_ASKED)
                .toList();
    }

    /// The contents of the images that services begin to follow: so the first release is the one they would get a
    /// moment later, and nothing is replaced twice.
    ///
    /// @param notes gets a line if a registry does not say, or if together they take longer than
    ///     [#ASKING_MILLIS]: then no other is asked, and the rest follow later
    TreePMap<String, String> followed(String environment, ApplicationSpec application, List<String> notes)
            throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ASKING_MILLIS);
        TreePMap<String, String> digests = TreePMap.empty();
        TreePMap<String, String> known = TreePMap.empty();
        for (var entry : application.services().entrySet()) {
            String image = entry.getValue().image();
            if (!begins(environment, entry.getKey(), entry.getValue())) {
                continue;
            }
            try {
                if (!known.containsKey(image) && System.nanoTime() > until) {
                    throw new IOException("asking registries takes longer than " + ASKING_MILLIS / 1_000 + " s");
                }
                known = known.containsKey(image) ? known : known.plus(image, digest(environment, image));
                digests = digests.plus(entry.getKey(), known.getOrDefault(image, ""));
            } catch (Refusal | IOException e) {
                notes.add("! service " + entry.getKey() + " follows its image later: " + e.getMessage());
                return digests;
            }
        }
        return digests;
    }

    private boolean begins(String environment, String service, ServiceSpec spec) {
        Optional<Environment> known = decisions.state().environment(environment);
        boolean follows = known.map(it -> it.application().services().get(service))
                .filter(before -> before.followsTag() && before.image().equals(spec.image()))
                .isPresent();
        boolean has = known.flatMap(it -> it.service(service))
                .map(it -> it.release())
                .filter(release -> isKnown(release, spec))
                .isPresent();
        return spec.followsTag() && !follows && !has;
    }

    private static boolean isKnown(Release release, ServiceSpec spec) {
        return release.spec().image().equals(spec.image()) && !release.digest().isEmpty();
    }

    static ServiceSpec declared(Environment environment, String service) throws Refusal {
        return Optional.ofNullable(environment.application().services().get(service))
                .orElseThrow(() -> missing(environment, service));
    }

    static Refusal missing(Environment environment, String service) {
        return Refusal.notFound("Environment " + environment.name() + " has no service \"" + service + "\"; it has "
                + String.join(", ", environment.application().services().keySet()));
    }
}
