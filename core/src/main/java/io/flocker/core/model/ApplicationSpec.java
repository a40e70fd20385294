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

    public static final ApplicationSpec EMPTY =
            new ApplicationSpec(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());
}
