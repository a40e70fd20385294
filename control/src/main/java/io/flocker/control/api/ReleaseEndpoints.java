package io.flocker.control.api;

import io.flocker.client.api.Answers;
import io.flocker.client.api.Requests;
import io.flocker.client.api.Status;
import io.flocker.control.view.Changes;
import io.flocker.core.access.Right;
import io.flocker.core.model.Environment;
import io.flocker.core.model.Release;
import io.flocker.core.model.Service;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import java.util.List;
import org.pcollections.TreePMap;

/// Releases of single services: upgrade, scale, what there was before and back to it. Each is a deployment of what the
/// environment was told before, changed at one place.
final class ReleaseEndpoints {
    private static final String ENVIRONMENT = "/v2/environments/{environment}";
    private static final String DRY_RUN = "dryRun: true to only tell what would be done";

    /// As in a Compose file.
    private static final int MAX_SCALE = 1_000;

    private final Decisions decisions;
    private final Upgrades upgrades;

    ReleaseEndpoints(Decisions decisions, Upgrades upgrades) {
        this.decisions = decisions;
        this.upgrades = upgrades;
    }

    List<Endpoint> list() {
        return List.of(
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/upgrade",
                        Right.CHANGE,
                        "Give services another image, or what their image's name stands for in its registry now.",
                        List.of(DRY_RUN),
                        Requests.Upgrade.class,
                        Answers.Change.class,
                        this::upgrade),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/scale",
                        Right.CHANGE,
                        "Run more or fewer instances of services.",
                        List.of(DRY_RUN),
                        Requests.Scale.class,
                        Answers.Change.class,
                        this::scale),
                new Endpoint(
                        "POST",
                        ENVIRONMENT + "/release",
                        Right.CHANGE,
                        "Run an earlier release of services again, as a new one. Data stays as it is, unless withData.",
                        List.of(DRY_RUN),
                        Requests.ToRelease.class,
                        Answers.Change.class,
                        this::toRelease),
                new Endpoint(
                        "GET",
                        ENVIRONMENT + "/services/{service}/releases",
                        Right.READ,
                        "The releases of a service that are kept, the newest first.",
                        List.of(),
                        Void.class,
                        Answers.Releases.class,
                        this::releases));
    }

    private Object upgrade(Call call) throws Exception {
        Requests.Upgrade request = call.body(Requests.Upgrade.class);
        Environment environment = decisions.environment(call.path("environment"));
        Upgrades.Target target =
                upgrades.target(environment, request.images(), image -> upgrades.digest(environment.name(), image));
        return deploy(call, environment, target, request.timeoutSeconds());
    }

    private Object scale(Call call) throws Exception {
        Requests.Scale request = call.body(Requests.Scale.class);
        Environment environment = decisions.environment(call.path("environment"));
        ApplicationSpec target = environment.application();
        for (var entry : request.scale().entrySet()) {
            ServiceSpec spec = Upgrades.declared(environment, entry.getKey());
            if (entry.getValue() < 0 || entry.getValue() > MAX_SCALE) {
                throw Refusal.invalid("Service " + entry.getKey() + " can have 0 to " + MAX_SCALE + " instances, not "
                        + entry.getValue());
            }
            if (spec.placement().global()) {
                throw Refusal.invalid("Service " + entry.getKey()
                        + (spec.placement().perCore()
                                ? " runs one for each core (x-flocker.scale.per_core, or per_core in the deployment file)"
                                : " runs once on every node (deploy.mode: global)")
                        + ": its number follows the nodes");
            }
            if (spec.autoscale().filter(it -> !it.allows(entry.getValue())).isPresent()) {
                throw Refusal.invalid("Service " + entry.getKey() + " follows its load with "
                        + spec.autoscale().get().bounds() + " instances (x-flocker.scale), so that it cannot have "
                        + entry.getValue() + ": change min or max in the Compose file, then flocker up");
            }
            target = target.with(entry.getKey(), spec.with(entry.getValue(), spec.placement()));
        }
        return deploy(call, environment, new Upgrades.Target(target, TreePMap.empty()), request.timeoutSeconds());
    }

    private Object toRelease(Call call) throws Exception {
        Requests.ToRelease request = call.body(Requests.ToRelease.class);
        Environment environment = decisions.environment(call.path("environment"));
        ApplicationSpec target = environment.application();
        TreePMap<String, String> digests = TreePMap.empty();
        if (request.withData()) {
            return toReleaseWithData(call, environment, request);
        }
        for (var entry : request.releases().entrySet()) {
            ServiceSpec spec = Upgrades.declared(environment, entry.getKey());
            Service service = service(environment, entry.getKey());
            Release release = entry.getValue() == 0 ? previous(service) : numbered(service, entry.getValue());
            ServiceSpec again = release.spec().runAs(spec);
            target = target.with(entry.getKey(), again).withFiles(release.files());
            digests = digests.plus(entry.getKey(), release.digest());
        }
        return deploy(call, environment, new Upgrades.Target(target, digests), request.timeoutSeconds());
    }

    private Object toReleaseWithData(Call call, Environment environment, Requests.ToRelease request) throws Exception {
        if (request.releases().size() != 1) {
            throw Refusal.invalid("One service at a time goes back with its data, not "
                    + request.releases().size());
        }
        String name = request.releases().firstKey();
        ServiceSpec spec = Upgrades.declared(environment, name);
        Service service = service(environment, name);
        int number = request.releases().firstEntry().getValue();
        Release release = number == 0 ? previous(service) : numbered(service, number);
        ServiceSpec again = release.spec().runAs(spec);
        ApplicationSpec application =
                environment.application().with(name, again).withFiles(release.files());
        return RollBackTargets.toRelease(decisions.state(), environment, service, release, application)
                .start(decisions, call, environment, request.timeoutSeconds());
    }

    private static Release previous(Service service) throws Refusal {
        return service.previous()
                .orElseThrow(() -> Refusal.notFound("Service " + service.name()
                        + " has no release to go back to: no earlier one than " + service.current() + " was good"));
    }

    private static Release numbered(Service service, int number) throws Refusal {
        return service.release(number)
                .orElseThrow(() -> Refusal.notFound("Service " + service.name() + " has no release " + number
                        + "; it has " + service.releases().keySet() + " (the newest " + Service.MAX_RELEASES
                        + " are kept)"));
    }

    private Object deploy(Call call, Environment environment, Upgrades.Target target, long timeoutSeconds)
            throws Exception {
        decisions.refuseReach(call, target.application(), environment.application());
        List<String> changes =
                Changes.of(decisions.state(), environment.name(), target.application(), target.digests());
        if (changes.stream().allMatch(change -> change.startsWith(" "))) {
            return new Answers.Change("", List.of());
        }
        return decisions.change(call, upgrades.command(call.by(), environment, target, timeoutSeconds), changes);
    }

    private static Service service(Environment environment, String service) throws Refusal {
        return environment.service(service).orElseThrow(() -> Upgrades.missing(environment, service));
    }

    private Object releases(Call call) throws Refusal {
        Environment environment = decisions.environment(call.path("environment"));
        Service service = service(environment, call.path("service"));
        return new Answers.Releases(service.releases().descendingMap().values().stream()
                .map(release -> shown(environment, service, release))
                .toList());
    }

    private static Status.Release shown(Environment environment, Service service, Release release) {
        String state = release.number() == service.current() ? "current" : release.failed() ? "failed" : "earlier";
        int instances = (int) environment.present(service.name()).stream()
                .filter(instance -> instance.release() == release.number())
                .count();
        return new Status.Release(
                service.name(),
                release.number(),
                release.spec().image(),
                release.digest(),
                state,
                instances,
                release.createdAtMillis(),
                release.operation());
    }
}
