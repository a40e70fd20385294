package io.flocker.core.model;

import org.pcollections.TreePMap;

/// What a user wants an environment to run: a Compose file after interpolation, merging and normalisation.
/// Self-contained, so that the API needs nothing from the machine the file was written on.
///
/// @param services by service name
/// @param volumes the named volumes that services mount, by name inside the environment
/// @param files Compose's `configs` and `secrets` and uploaded single-file binds, by name
public record ApplicationSpec(
        TreePMap<String, ServiceSpec> services,
        TreePMap<String, VolumeSpec> volumes,
        TreePMap<String, FileSpec> files) {

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

    /// The same without the volumes' first contents, which are of no use once the volumes are there.
    public ApplicationSpec withoutSeeds() {
        TreePMap<String, VolumeSpec> lean = volumes;
        for (var volume : volumes.entrySet()) {
            lean = lean.plus(volume.getKey(), volume.getValue().withoutSeed());
        }
        return new ApplicationSpec(services, lean, files);
    }

    public static final ApplicationSpec EMPTY =
            new ApplicationSpec(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());
}
