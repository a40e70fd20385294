package io.flocker.core.model;

import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.ServiceSpec;
import org.pcollections.TreePMap;

/// A service's numbered specification. Never changed once made.
///
/// @param number counts from 1 within the service
/// @param files the application's files that the service mounts, by name: another content is another release
/// @param operation the operation that made it
public record Release(
        int number, ServiceSpec spec, TreePMap<String, FileSpec> files, long createdAtMillis, String operation) {
    /// Whether running it comes to the same as running `otherSpec` with `otherFiles`, whatever the scale and
    /// the places, which are not part of a release.
    public boolean sameAs(ServiceSpec otherSpec, TreePMap<String, FileSpec> otherFiles) {
        return spec.with(otherSpec.scale(), otherSpec.placement()).equals(otherSpec) && files.equals(otherFiles);
    }
}
