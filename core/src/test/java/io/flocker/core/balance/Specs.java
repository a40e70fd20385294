package io.flocker.core.balance;

import io.flocker.core.spec.HttpRouting;
import io.flocker.core.spec.Mount;
import io.flocker.core.spec.PlacementSpec;
import io.flocker.core.spec.ProcessSpec;
import io.flocker.core.spec.Resources;
import io.flocker.core.spec.RestartPolicy;
import io.flocker.core.spec.Sandbox;
import io.flocker.core.spec.ServiceSpec;
import io.flocker.core.spec.UpgradeSpec;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/// Services that tests balance.
final class Specs {
    private Specs() {}

    static ServiceSpec service(int scale, long reservedBytes, String... volumes) {
        return new ServiceSpec(
                "web:1",
                ServiceSpec.Pull.MISSING,
                ProcessSpec.PLAIN,
                Sandbox.PLAIN,
                new Resources(0, 0, reservedBytes, 0, 0),
                List.of(),
                List.of(),
                List.of(),
                List.of(volumes).stream()
                        .<Mount>map(volume -> new Mount.Volume(volume, "/" + volume, false))
                        .toList(),
                TreePMap.empty(),
                Optional.empty(),
                RestartPolicy.ALWAYS,
                HttpRouting.NONE,
                scale,
                Optional.empty(),
                PlacementSpec.ANYWHERE,
                UpgradeSpec.DEFAULT,
                TreePMap.empty());
    }
}
