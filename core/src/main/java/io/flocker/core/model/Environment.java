package io.flocker.core.model;

import io.flocker.core.access.Quota;
import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.Strategy;
import io.flocker.core.spec.UpgradeSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pcollections.TreePMap;

/// A named set of services and volumes whose names are its own.
///
/// @param version grows with every change a user asked for; the API's ETag
/// @param application what the user last declared
/// @param volumes volume ids by name
/// @param instances by [Instance#name]
/// @param checkpoints by name
/// @param owner whose it is: who made it, until it is given to somebody else
/// @param origin what it is a branch of
/// @param life when it sleeps, and how long it lives
/// @param quota how much it may have
public record Environment(
        String name,
        long version,
        ApplicationSpec application,
        TreePMap<String, Service> services,
        TreePMap<String, String> volumes,
        TreePMap<String, Instance> instances,
        TreePMap<String, Checkpoint> checkpoints,
        long createdAtMillis,
        String owner,
        Optional<Origin> origin,
        Life life,
        Quota quota) {

    public static Environment named(String name, String owner, long createdAtMillis) {
        return new Environment(
                name,
                0,
                ApplicationSpec.EMPTY,
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                TreePMap.empty(),
                createdAtMillis,
                owner,
                Optional.empty(),
                Life.USUAL,
                Quota.NONE);
    }

    public Optional<Service> service(String service) {
        return Optional.ofNullable(services.get(service));
    }

    /// The instances of a service that are to run and to stay, the oldest slots first: each that is being succeeded
    /// counts as the one that succeeds it.
    public List<Instance> living(String service) {
        List<Instance> present = present(service);
        Set<String> succeeded = succeeded(present);
        return succeeded.isEmpty()
                ? present
                : present.stream()
                        .filter(instance -> !succeeded.contains(instance.name()))
                        .toList();
    }

    /// The instances of a service that are to run, the oldest slots first.
    public List<Instance> present(String service) {
        List<Instance> present = new ArrayList<>();
        for (Instance instance : of(service)) {
            if (instance.desired() != Instance.Desired.STOP) {
                present.add(instance);
            }
        }
        present.sort(Comparator.comparingInt(Instance::slot));
        return Collections.unmodifiableList(present);
    }

    /// Asked for every service whenever anything is planned, so it costs no more than what it finds.
    private static Set<String> succeeded(List<Instance> instances) {
        Set<String> names = new TreeSet<>();
        for (Instance instance : instances) {
            if (!instance.succeeds().isEmpty()) {
                names.add(instance.succeeds());
            }
        }
        return names;
    }

    /// All instances of a service, also those that are to go. Their names are side by side: after `web.`, before
    /// `web/`.
    public List<Instance> of(String service) {
        List<Instance> its = new ArrayList<>();
        String end = service + "/";
        for (var entry = instances.ceilingEntry(service + ".");
                entry != null && entry.getKey().compareTo(end) < 0;
                entry = instances.higherEntry(entry.getKey())) {
            if (entry.getValue().service().equals(service)) {
                its.add(entry.getValue());
            }
        }
        return its;
    }

    /// The instance that stops once `instance` serves.
    public Optional<Instance> predecessor(Instance instance) {
        return Optional.ofNullable(instances.get(instance.succeeds()))
                .filter(other -> other.desired() != Instance.Desired.STOP);
    }

    /// How a service gets from one release to another, as last declared.
    public UpgradeSpec upgrade(String service) {
        ServiceSpec declared = application.services().get(service);
        return declared == null ? UpgradeSpec.DEFAULT : declared.upgrade();
    }

    /// How a service's present release takes the place of earlier ones, if not some at a time: as
    /// last declared, wherever both can be there at once.
    public Optional<Strategy> strategy(Service service) {
        Optional<Strategy> declared = upgrade(service.name()).strategy();
        boolean twice = declared.isPresent()
                && service.spec().runsTwice()
                && present(service.name()).stream()
                        .filter(instance -> instance.isBehind(service))
                        .allMatch(instance -> service.release(instance.release())
                                .filter(release -> release.spec().runsTwice())
                                .isPresent());
        return declared.filter(_ -> twice);
    }

    /// Whether instances of an earlier release of a service, or from before a restart, are there.
    public boolean hasEarlier(Service service) {
        return present(service.name()).stream().anyMatch(instance -> instance.isBehind(service));
    }

    /// Whether an instance tries its release for the others, beside the one that it succeeds.
    public boolean isTrying(Instance instance) {
        return instance.canary() && predecessor(instance).isPresent();
    }

    /// Whether the present release of a service is there for good: some instance of it has requests and
    /// does not only try it.
    public boolean isAccepted(Service service) {
        return present(service.name()).stream()
                .anyMatch(instance -> !instance.isBehind(service) && !instance.held() && !isTrying(instance));
    }

    /// The instances that get no new requests, by name: others were let in that succeed them.
    public Set<String> relieved() {
        return instances.values().stream()
                .filter(instance ->
                        instance.letInAtMillis() > 0 && !instance.held() && instance.desired() == Instance.Desired.RUN)
                .map(Instance::succeeds)
                .collect(Collectors.toSet());
    }

    /// The lowest slot that no instance of a service has, not even one that is about to go, or that
    /// is gone and whose successor still names it.
    public int freeSlot(String service) {
        return freeSlots(service, 1).getFirst();
    }

    /// The lowest such slots, so many.
    public List<Integer> freeSlots(String service, int count) {
        Set<String> named = succeeded(of(service));
        List<Integer> slots = new ArrayList<>();
        for (int slot = 1; slots.size() < count; slot++) {
            String name = Instance.name(service, slot);
            if (!instances.containsKey(name) && !named.contains(name)) {
                slots.add(slot);
            }
        }
        return List.copyOf(slots);
    }

    public Environment next(ApplicationSpec newApplication) {
        return with(version + 1, newApplication, services, volumes, instances, checkpoints, origin, life);
    }

    /// The same, but declared to have another number of instances by itself: no user's change.
    public Environment following(ApplicationSpec newApplication) {
        return with(version, newApplication, services, volumes, instances, checkpoints, origin, life);
    }

    public Environment with(Service service) {
        return withServices(services.plus(service.name(), service));
    }

    public Environment withServices(TreePMap<String, Service> newServices) {
        return with(version, application, newServices, volumes, instances, checkpoints, origin, life);
    }

    public Environment withVolumes(TreePMap<String, String> newVolumes) {
        return with(version, application, services, newVolumes, instances, checkpoints, origin, life);
    }

    public Environment with(Instance instance) {
        return withInstances(instances.plus(instance.name(), instance));
    }

    public Environment withInstances(TreePMap<String, Instance> newInstances) {
        return with(version, application, services, volumes, newInstances, checkpoints, origin, life);
    }

    public Environment with(Checkpoint checkpoint) {
        return withCheckpoints(checkpoints.plus(checkpoint.name(), checkpoint));
    }

    public Environment withCheckpoints(TreePMap<String, Checkpoint> newCheckpoints) {
        return with(version, application, services, volumes, instances, newCheckpoints, origin, life);
    }

    /// The same as a branch.
    public Environment with(Origin newOrigin) {
        return with(version, application, services, volumes, instances, checkpoints, Optional.of(newOrigin), life);
    }

    public Environment with(Life newLife) {
        return with(version, application, services, volumes, instances, checkpoints, origin, newLife);
    }

    public Environment ownedBy(String newOwner) {
        return with(newOwner, quota);
    }

    public Environment with(Quota newQuota) {
        return with(owner, newQuota);
    }

    private Environment with(String newOwner, Quota newQuota) {
        return new Environment(
                name,
                version,
                application,
                services,
                volumes,
                instances,
                checkpoints,
                createdAtMillis,
                newOwner,
                origin,
                life,
                newQuota);
    }

    private Environment with(
            long newVersion,
            ApplicationSpec newApplication,
            TreePMap<String, Service> newServices,
            TreePMap<String, String> newVolumes,
            TreePMap<String, Instance> newInstances,
            TreePMap<String, Checkpoint> newCheckpoints,
            Optional<Origin> newOrigin,
            Life newLife) {
        return new Environment(
                name,
                newVersion,
                newApplication,
                newServices,
                newVolumes,
                newInstances,
                newCheckpoints,
                createdAtMillis,
                owner,
                newOrigin,
                newLife,
                quota);
    }
}
