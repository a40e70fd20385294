package io.flocker.core.model;

import io.flocker.core.spec.FileSpec;
import io.flocker.core.spec.ServiceSpec;
import org.pcollections.TreePMap;

/// A service's numbered specification. Never changed once made.
///
/// @param number counts from 1 within the service
/// @param digest the content its image's name stood for when a user asked for it (`sha256:…`); empty for
///     whatever a node has or gets by that name
/// @param files the application's files that the service mounts, by name: another content is another release
/// @param operation the operation that made it
/// @param failed whether it was given up: nothing but a user's wish starts it again
public record Release(
        int number,
        ServiceSpec spec,
        String digest,
        TreePMap<String, FileSpec> files,
        long createdAtMillis,
        String operation,
        boolean failed) {
    /// What its instances run: its specification, with the image named by its content if that is known.
    public ServiceSpec runs() {
        return digest.isEmpty() || spec.image().indexOf('@') >= 0 ? spec : spec.withImage(spec.image() + "@" + digest);
    }

    /// Whether its image has the content that is wanted of `service`, if any is.
    ///
    /// @param digests as in [Operation.Kind.Deploy#digests]
    public boolean has(TreePMap<String, String> digests, String service) {
        return digests.getOrDefault(service, digest).equals(digest);
    }

    /// The same, given up.
    public Release asFailed() {
        return new Release(number, spec, digest, files, createdAtMillis, operation, true);
    }

    /// Whether running it comes to the same as running `otherSpec` with `otherFiles`. Not part of a release are the
    /// scale, the places, and how releases follow each other.
    public boolean sameAs(ServiceSpec otherSpec, TreePMap<String, FileSpec> otherFiles) {
        return spec.runAs(otherSpec).equals(otherSpec) && files.equals(otherFiles);
    }
}
