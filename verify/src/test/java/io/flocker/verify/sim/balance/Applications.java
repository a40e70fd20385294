package io.flocker.verify.sim.balance;

import io.flocker.core.spec.ApplicationSpec;
import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import io.flocker.core.spec.VolumeSpec;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// What runs in simulated clusters: one service, with data or without.
final class Applications {
    private Applications() {}

    static ApplicationSpec of(boolean withData, int scale) {
        return of(withData, scale, Resources.UNLIMITED, PlacementSpec.ANYWHERE);
    }

    static ApplicationSpec of(boolean withData, int scale, Resources resources, PlacementSpec placement) {
        List<Mount> mounts = withData ? List.of(new Mount.Volume("data", "/data", false)) : List.of();
        var service = new ServiceSpec(
                "app:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                resources,
                List.of(),
                List.of(),
                List.of(),
                mounts,
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                scale,
                Optional.empty(),
                placement,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
        return new ApplicationSpec(
                TreePMap.singleton("app", service),
                withData ? TreePMap.singleton("data", VolumeSpec.PLAIN) : TreePMap.empty(),
                TreePMap.empty());
    }
}
