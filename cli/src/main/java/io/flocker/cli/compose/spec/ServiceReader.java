package io.flocker.cli.compose.spec;

import io.flocker.cli.compose.env.Variables;
import io.flocker.cli.compose.mount.MountReader;
import io.flocker.cli.compose.text.Section;
import io.flocker.cli.compose.text.Shown;
import io.flocker.cli.compose.text.Value;
import io.flocker.cli.compose.unit.Names;
import io.flocker.core.spec.JobSpec;
import io.flocker.core.spec.Port;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.ServiceSpec.Pull;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// Reads one service.
final class ServiceReader {
    private final Dependencies dependencies;
    private final NetworkReader networks;
    private final MountReader mounts;
    private final ProcessReader process;
    private final Builds builds;

    /// What there is besides the service itself.
    record Given(Builds builds, Variables variables) {}

    ServiceReader(Dependencies dependencies, NetworkReader networks, MountReader mounts, Given given) {
        this.dependencies = dependencies;
        this.networks = networks;
        this.mounts = mounts;
        this.process = new ProcessReader(given.variables());
        this.builds = given.builds();
    }

    /// A service that was read, and where the things stand that may clash with those of others.
    record Read(ServiceSpec spec, List<PortReader.Published> ports, Optional<Value> http) {}

    Read read(String name, Section service) {
        service.refuse(Unsupported.SERVICE);
        if (!Names.valid(name)) {
            service.value().complainAtKey("cannot be the name of a service: " + Names.RULE);
        }
        Optional<Section> own = service.get("x-flocker").map(it -> it.section("a service's x-flocker"));
        Optional<JobSpec> job = JobReader.read(own, service);
        var http = new HttpReader(own);
        var ports = new PortReader(http.port());
        ports.read(service);
        var scale = new ScaleReader(own);
        var deploy = new DeployReader(service, scale);
        String networkMode = dependencies.networkMode(name);
        if (networkMode.equals("host")) {
            service.note(
                    "ports",
                    "have no effect with network_mode: host, where the container opens the node's ports" + " itself");
        }
        String image = image(name, service);
        Pull pull = pull(service);
        Optional<Section> upgrade = own.flatMap(it -> it.get("upgrade")).map(it -> it.section("upgrade"));
        long watchMillis = WatchReader.read(upgrade, image, pull);
        var declared = new ServiceSpec(
                image,
                pull,
                process.read(service),
                SandboxReader.read(service, networkMode),
                deploy.resources(),
                networkMode.equals("host")
                        ? List.of()
                        : ports.published().stream()
                                .map(PortReader.Published::port)
                                .toList(),
                ports.exposed(),
                aliases(name, service, networkMode),
                mounts.read(name, service),
                dependencies.of(name),
                HealthCheckReader.read(service),
                RestartReader.read(service, deploy.section(), dependencies.isTask(name)),
                http.routing(containerPorts(ports)),
                deploy.scale(),
                scale.autoscale(),
                scale.placement(deploy.placement()),
                deploy.upgrade(upgrade, watchMillis),
                labels(service, deploy));
        ServiceSpec run = job.map(declared::asJob).orElse(declared);
        ServiceSpec spec = run.quiescing(QuiesceReader.read(own, job.isPresent()));
        deploy.refuseEverywhere(spec.volumeNames());
        deploy.end();
        StrategyReader.refuseTwice(upgrade, spec);
        scale.refuse(spec);
        http.refuse(spec);
        upgrade.ifPresent(Section::end);
        own.ifPresent(Section::end);
        service.present("profiles");
        service.note("attach", "has no effect: flocker logs shows any service");
        service.end();
        boolean closed = job.isPresent() || networkMode.equals("host");
        return new Read(spec, closed ? List.of() : ports.published(), http.at());
    }

    /// The image to run; one that is built, by the name that tells what it is built from.
    private String image(String name, Section service) {
        if (service.get("build").isPresent()) {
            return builds.image(name);
        }
        String image = service.text("image").strip();
        if (image.isEmpty() && service.get("image").map(Value::isScalar).orElse(true)) {
            service.value().complainAtKey("has no image; add image: NAME:TAG, or build: FOLDER");
        } else if (!image.isEmpty() && !Names.image(image)) {
            service.get("image").ifPresent(it -> it.complain("is not an image's name: \"" + Shown.word(image) + "\""));
        }
        return builds.named(image).orElse(image);
    }

    private Pull pull(Section service) {
        boolean built = service.get("build").isPresent()
                || builds.named(service.text("image").strip()).isPresent();
        String policy = service.text("pull_policy");
        if (built && policy.equals("always")) {
            service.get("pull_policy")
                    .ifPresent(it -> it.complain("cannot be always: the image is built, no registry has it; for newer"
                            + " base images write build.pull: true"));
        }
        return switch (policy) {
            case "", "missing", "if_not_present" -> built ? Pull.NEVER : Pull.MISSING;
            case "always" -> Pull.ALWAYS;
            case "never" -> Pull.NEVER;
            default -> {
                if (!built || !policy.equals("build")) {
                    service.get("pull_policy")
                            .ifPresent(it -> it.complain("must be missing, always or never"
                                    + (built ? ", or build" : "") + ", not \"" + Shown.word(policy) + "\""));
                }
                yield Pull.NEVER;
            }
        };
    }

    private List<String> aliases(String name, Section service, String networkMode) {
        SortedSet<String> aliases = networks.aliases(name, service, networkMode);
        aliases.addAll(dependencies.aliases(name));
        service.get("container_name")
                .ifPresent(value -> value.word().ifPresent(container -> {
                    if (!Names.host(container)) {
                        value.complain("is not a container's name: \"" + Shown.word(container) + "\"");
                    }
                    aliases.add(container);
                }));
        aliases.remove(name);
        // Without a place on the environment's network there is nothing to be reached by name.
        return networkMode.isEmpty() ? List.copyOf(aliases) : List.of();
    }

    private static List<Integer> containerPorts(PortReader ports) {
        return Stream.concat(
                        ports.published().stream()
                                .map(PortReader.Published::port)
                                .filter(port -> port.protocol() == Port.Protocol.TCP)
                                .map(Port::target),
                        ports.exposed().stream())
                .distinct()
                .toList();
    }

    private static TreePMap<String, String> labels(Section service, DeployReader deploy) {
        var labels = new TreeMap<String, String>();
        deploy.section().ifPresent(it -> labels.putAll(SandboxReader.texts(it.entries("labels"))));
        labels.putAll(SandboxReader.texts(service.entries("labels")));
        return TreePMap.from(labels);
    }
}
