package io.flocker.core.spec;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.TreePMap;

/// One component of an application as the user declares it: image, process, ports, mounts, health, scale.
/// Two equal specifications never need a new release.
///
/// @param image an image reference as Docker writes it (`postgres:15`, `registry:5000/web@sha256:…`)
/// @param pull when to ask the registry
/// @param ports ports published on every node
/// @param expose TCP ports the service listens on for its fellow services; ports of `ports` need not be repeated
/// @param aliases further names that fellow services reach it by
/// @param dependsOn what must have happened to other services before an instance starts, by service name
/// @param scale how many instances
/// @param autoscale how that follows the load; empty if it stays as it is
/// @param placement where they may go
/// @param upgrade how they are replaced by those of another release
/// @param job what makes it a job, whose `scale` is 0; empty for a service that runs by itself
/// @param quiesce what it does around a checkpoint; empty for nothing
public record ServiceSpec(
        String image,
        Pull pull,
        ProcessSpec process,
        Sandbox sandbox,
        Resources resources,
        List<Port> ports,
        List<Integer> expose,
        List<String> aliases,
        List<Mount> mounts,
        TreePMap<String, Condition> dependsOn,
        Optional<HealthCheck> healthCheck,
        RestartPolicy restart,
        HttpRouting http,
        int scale,
        Optional<Autoscale> autoscale,
        PlacementSpec placement,
        UpgradeSpec upgrade,
        TreePMap<String, String> labels,
        Optional<JobSpec> job,
        Optional<QuiesceSpec> quiesce) {

    /// Of a service that runs by itself.
    public ServiceSpec(
            String image,
            Pull pull,
            ProcessSpec process,
            Sandbox sandbox,
            Resources resources,
            List<Port> ports,
            List<Integer> expose,
            List<String> aliases,
            List<Mount> mounts,
            TreePMap<String, Condition> dependsOn,
            Optional<HealthCheck> healthCheck,
            RestartPolicy restart,
            HttpRouting http,
            int scale,
            Optional<Autoscale> autoscale,
            PlacementSpec placement,
            UpgradeSpec upgrade,
            TreePMap<String, String> labels) {
        this(
                image,
                pull,
                process,
                sandbox,
                resources,
                ports,
                expose,
                aliases,
                mounts,
                dependsOn,
                healthCheck,
                restart,
                http,
                scale,
                autoscale,
                placement,
                upgrade,
                labels,
                Optional.empty(),
                Optional.empty());
    }

    /// Compose's `pull_policy`.
    public enum Pull {
        MISSING,
        ALWAYS,
        NEVER
    }

    /// Compose's conditions of `depends_on`.
    public enum Condition {
        STARTED,
        HEALTHY,
        COMPLETED
    }

    /// The names of the volumes it mounts, in the order of its mounts, each once.
    public List<String> volumeNames() {
        if (mounts.isEmpty()) {
            return List.of();
        }
        return mounts.stream()
                .filter(Mount.Volume.class::isInstance)
                .map(mount -> ((Mount.Volume) mount).volume())
                .distinct()
                .toList();
    }

    /// The container ports that HAProxy forwards to: published ones, exposed ones and that of its host names, each
    /// once, ascending.
    public List<Integer> containerPorts() {
        Stream<Integer> published = ports.stream()
                .filter(port -> port.protocol() == Port.Protocol.TCP)
                .map(Port::target);
        Stream<Integer> named = http.hosts().isEmpty() ? Stream.empty() : Stream.of(http.port());
        return Stream.of(published, expose.stream(), named)
                .flatMap(each -> each)
                .distinct()
                .sorted()
                .toList();
    }

    /// How HAProxy reads the traffic of a container port.
    public Port.Mode mode(int port) {
        if (!http.hosts().isEmpty() && http.port() == port) {
            return Port.Mode.HTTP;
        }
        return ports.stream()
                .filter(published -> published.target() == port)
                .map(Port::mode)
                .findFirst()
                .orElse(Port.Mode.TCP);
    }

    /// Whether its image's name may come to stand for something else, and it is to follow.
    public boolean followsTag() {
        return upgrade.watches() && pull != Pull.NEVER && image.indexOf('@') < 0;
    }

    /// Whether two instances can be there at once in the same place: nothing that only one may have, as data, a port of
    /// the node, or a folder of it to write into.
    public boolean runsTwice() {
        return onlyOnce().isEmpty();
    }

    /// What only one instance may have at a time, in words; empty for nothing.
    public Optional<String> onlyOnce() {
        for (Mount mount : mounts) {
            if (mount instanceof Mount.Volume volume) {
                return Optional.of("volume " + volume.volume());
            }
            if (mount instanceof Mount.Host host && !host.readOnly()) {
                return Optional.of("folder " + host.source() + " of the node, which it may write into");
            }
        }
        boolean own = sandbox.networkMode().isEmpty() || sandbox.networkMode().equals("none");
        return own
                ? ports.stream()
                        .filter(port -> port.protocol() != Port.Protocol.TCP)
                        .map(port -> "UDP port " + port.published() + " of the node")
                        .findFirst()
                : Optional.of("network_mode: " + sandbox.networkMode());
    }

    /// The first reason why its clients cannot keep their instances, in words; empty if they can, or need not.
    public Optional<String> stickyObjection() {
        if (http.sticky().isEmpty()) {
            return Optional.empty();
        }
        if (!http.sticky().get().valid()) {
            return Optional.of("its cookie's name must be of " + HttpRouting.Sticky.RULE);
        }
        return containerPorts().stream().anyMatch(port -> mode(port) == Port.Mode.HTTP)
                ? Optional.empty()
                : Optional.of("the service has no port for HTTP, and other connections carry no cookie; publish a port"
                        + " with app_protocol: http, or give it x-flocker.http.hosts");
    }

    /// The first reason why a count that follows the load cannot be, in words; empty if it can be.
    public Optional<String> scaleObjection() {
        if (autoscale.isEmpty()) {
            return Optional.empty();
        }
        Autoscale it = autoscale.get();
        Optional<String> wrong = it.objection();
        if (wrong.isPresent()) {
            return wrong;
        }
        if (resources.milliCpus() > 0 && it.cpuPercent().orElse(0) > 100) {
            return Optional.of("its target cpu is more than 100% of the cpus that the service may use, so that it would"
                    + " never be reached");
        }
        if (placement.global()) {
            return Optional.of("it runs on every node, so that its number follows the nodes");
        }
        if (!placement.pins().isEmpty()) {
            return Optional.of("the deployment file says how many run where; take away one or the other");
        }
        if (!volumeNames().isEmpty()) {
            return Optional.of("it has data: volume " + volumeNames().getFirst()
                    + " is on one node, and more instances there would share it");
        }
        boolean counted = it.requestsPerSecond().isEmpty() || !containerPorts().isEmpty();
        return counted
                ? Optional.empty()
                : Optional.of("it has no TCP port, so that nothing counts its requests; use cpu, or expose its port");
    }

    /// The first reason why its canaries cannot be, in words; empty if they can, or it has none.
    public Optional<String> canaryObjection() {
        if (!(upgrade.strategy().orElse(null) instanceof Strategy.Canary canary)) {
            return Optional.empty();
        }
        return canary.objection().or(() -> canary.maxSlowdownPercent().isPresent() ? untimed() : Optional.empty());
    }

    /// HAProxy knows of answers only where it reads HTTP.
    private Optional<String> untimed() {
        return containerPorts().stream().anyMatch(port -> mode(port) == Port.Mode.HTTP)
                ? Optional.empty()
                : Optional.of("cannot have max_slowdown: the service has no port for HTTP, and of other connections"
                        + " nobody knows when they are answered; publish a port with app_protocol: http, or give it"
                        + " x-flocker.http.hosts");
    }

    /// The same at another scale and in other places.
    public ServiceSpec with(int newScale, PlacementSpec newPlacement) {
        return with(newScale, newPlacement, upgrade);
    }

    /// The same release, run and replaced otherwise.
    public ServiceSpec with(int newScale, PlacementSpec newPlacement, UpgradeSpec newUpgrade) {
        return with(image, process, ports, http, new Running(newScale, autoscale, newPlacement, newUpgrade, quiesce));
    }

    /// The same, running otherwise.
    public ServiceSpec with(ProcessSpec newProcess) {
        return with(image, newProcess, ports, http, running());
    }

    /// The same as a job: it runs when it is asked for, once, and nobody reaches it.
    public ServiceSpec asJob(JobSpec newJob) {
        return new ServiceSpec(
                image,
                pull,
                process,
                sandbox,
                resources,
                List.of(),
                List.of(),
                aliases,
                mounts,
                dependsOn,
                Optional.empty(),
                RestartPolicy.NEVER,
                HttpRouting.NONE,
                0,
                Optional.empty(),
                placement,
                upgrade,
                labels,
                Optional.of(newJob),
                Optional.empty());
    }

    /// The same, reached otherwise.
    public ServiceSpec with(List<Port> newPorts, HttpRouting newHttp) {
        return with(image, process, newPorts, newHttp, running());
    }

    /// The same release, run as `other` is: as many, in the same places, replaced alike.
    public ServiceSpec runAs(ServiceSpec other) {
        return with(image, process, ports, http, other.running());
    }

    /// The same, but its number follows its load from where it is.
    public ServiceSpec following(Autoscale newAutoscale) {
        var run = new Running(newAutoscale.within(scale), Optional.of(newAutoscale), placement, upgrade, quiesce);
        return with(image, process, ports, http, run);
    }

    /// The same, with requests shared out in turn.
    public ServiceSpec inTurn() {
        return with(ports, http.inTurn());
    }

    /// The same, with what it does around a checkpoint.
    public ServiceSpec quiescing(Optional<QuiesceSpec> newQuiesce) {
        var run = new Running(scale, autoscale, placement, upgrade, newQuiesce);
        return with(image, process, ports, http, run);
    }

    /// The same with another image.
    public ServiceSpec withImage(String newImage) {
        return with(newImage, process, ports, http, running());
    }

    /// What is not part of a release.
    private record Running(
            int scale,
            Optional<Autoscale> autoscale,
            PlacementSpec placement,
            UpgradeSpec upgrade,
            Optional<QuiesceSpec> quiesce) {}

    private Running running() {
        return new Running(scale, autoscale, placement, upgrade, quiesce);
    }

    private ServiceSpec with(
            String newImage, ProcessSpec newProcess, List<Port> newPorts, HttpRouting newHttp, Running run) {
        return new ServiceSpec(
                newImage,
                pull,
                newProcess,
                sandbox,
                resources,
                newPorts,
                expose,
                aliases,
                mounts,
                dependsOn,
                healthCheck,
                restart,
                newHttp,
                run.scale(),
                run.autoscale(),
                run.placement(),
                run.upgrade(),
                labels,
                job,
                run.quiesce());
    }
}
