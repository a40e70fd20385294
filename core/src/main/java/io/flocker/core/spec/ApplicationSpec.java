package io.flocker.core.spec;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pcollections.TreePMap;

/// What a user wants an environment to run: a Compose file after interpolation, merging and normalisation.
/// Self-contained, so that the API needs nothing from the machine the file was written on.
///
/// @param services by service name
/// @param volumes the named volumes that services mount, by name inside the environment
/// @param files Compose's `configs` and `secrets` and uploaded single-file binds, by name
/// @param schedules by name
public record ApplicationSpec(
        TreePMap<String, ServiceSpec> services,
        TreePMap<String, VolumeSpec> volumes,
        TreePMap<String, FileSpec> files,
        TreePMap<String, ScheduleSpec> schedules) {
    /// Without schedules.
    public ApplicationSpec(
            TreePMap<String, ServiceSpec> services,
            TreePMap<String, VolumeSpec> volumes,
            TreePMap<String, FileSpec> files) {
        this(services, volumes, files, TreePMap.empty());
    }

    /// The files that `service` mounts.
    public TreePMap<String, FileSpec> filesOf(ServiceSpec service) {
        TreePMap<String, FileSpec> mounted = TreePMap.empty();
        for (Mount mount : service.mounts()) {
            if (mount instanceof Mount.File file && files.containsKey(file.file())) {
                mounted = mounted.plus(file.file(), files.get(file.file()));
            }
        }
        return mounted;
    }

    /// The same with no replicas of its volumes.
    public ApplicationSpec unreplicated() {
        TreePMap<String, VolumeSpec> single = volumes;
        for (var volume : volumes.entrySet()) {
            single = single.plus(volume.getKey(), volume.getValue().withReplication(Optional.empty()));
        }
        return new ApplicationSpec(services, single, files, schedules);
    }

    public List<ServiceSpec> usersOf(String volume) {
        return services.values().stream()
                .filter(service -> service.volumeNames().contains(volume))
                .toList();
    }

    /// The same with another service of a name that is there.
    public ApplicationSpec with(String name, ServiceSpec service) {
        return new ApplicationSpec(services.plus(name, service), volumes, files, schedules);
    }

    /// The same with these files instead of those of the same names.
    public ApplicationSpec withFiles(TreePMap<String, FileSpec> newFiles) {
        return new ApplicationSpec(services, volumes, files.plusAll(newFiles), schedules);
    }

    /// The same with other schedules.
    public ApplicationSpec withSchedules(TreePMap<String, ScheduleSpec> newSchedules) {
        return new ApplicationSpec(services, volumes, files, newSchedules);
    }

    /// The same without the volumes that no service uses.
    public ApplicationSpec inUse() {
        TreePMap<String, VolumeSpec> used = TreePMap.empty();
        for (ServiceSpec service : services.values()) {
            for (String volume : service.volumeNames()) {
                used = volumes.containsKey(volume) ? used.plus(volume, volumes.get(volume)) : used;
            }
        }
        return new ApplicationSpec(services, used, files, schedules);
    }

    /// The same with the first contents of some volumes only: those of the others are of no use once they are there.
    ///
    /// @param some by the volume's name
    public ApplicationSpec withSeeds(Predicate<String> some) {
        TreePMap<String, VolumeSpec> lean = volumes;
        for (var volume : volumes.entrySet()) {
            if (!some.test(volume.getKey())) {
                lean = lean.plus(volume.getKey(), volume.getValue().withoutSeed());
            }
        }
        return new ApplicationSpec(services, lean, files, schedules);
    }

    public static final ApplicationSpec EMPTY =
            new ApplicationSpec(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());
}
