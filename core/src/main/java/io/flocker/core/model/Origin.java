package io.flocker.core.model;

import io.flocker.core.branch.Doors;
import io.flocker.core.spec.ServiceSpec;
import org.pcollections.TreePMap;

/// Where a branch comes from. It needs nothing of it any more: the branch has a checkpoint of its own of how it was
/// made, [Checkpoint#ORIGIN].
///
/// @param environment the name of the environment it was made from
/// @param checkpoint of that environment
/// @param atMillis when that checkpoint was taken
/// @param services what the services were there, with this branch's ports and host names
/// @param doors what the branch has instead of the origin's ports and host names
/// @param secrets whether it has the origin's secrets
/// @param folders whether it may write into the same folders of nodes as the origin
/// @param refusePorts whether it is refused what would publish ports elsewhere than the origin
public record Origin(
        String environment,
        String checkpoint,
        long atMillis,
        TreePMap<String, ServiceSpec> services,
        Doors doors,
        boolean secrets,
        boolean folders,
        boolean refusePorts) {}
